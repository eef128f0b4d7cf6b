import * as fc from "fast-check";
import { expect, test } from "vitest";
import { quietFrom, quietUntil } from "./quiet-hours.ts";

const at = (time: string) => Date.parse(time);
const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
const night = (time_zone: string) => ({ start: "22:00", end: "08:00", time_zone });

test("it is quiet from the start to the end of that night, as clocks there show it", () => {
  const hours = night("America/Sao_Paulo");
  expect(quietUntil(hours, at("2026-06-01T00:59:59Z"))).toBeNull();
  expect(iso(quietUntil(hours, at("2026-06-01T01:00:00Z")))).toBe("2026-06-01T11:00:00.000Z");
  expect(iso(quietUntil(hours, at("2026-06-01T10:59:59Z")))).toBe("2026-06-01T11:00:00.000Z");
  expect(quietUntil(hours, at("2026-06-01T11:00:00Z"))).toBeNull();
  expect(iso(quietFrom(hours, at("2026-06-01T11:00:00Z")))).toBe("2026-06-02T01:00:00.000Z");
});

test("hours within one day, and zones that are not whole hours away", () => {
  const hours = { start: "12:00", end: "13:30", time_zone: "Asia/Kolkata" };
  expect(iso(quietUntil(hours, at("2026-06-01T06:30:00Z")))).toBe("2026-06-01T08:00:00.000Z");
  expect(quietUntil(hours, at("2026-06-01T08:00:00Z"))).toBeNull();
});

test("none are none", () => {
  expect(quietUntil(null, 0)).toBeNull();
  expect(quietFrom(null, 0)).toBeNull();
});

test("a night in which clocks change is an hour shorter or longer", () => {
  const hours = night("Europe/Berlin");
  // Forward on 29 March at 01:00 UTC, back on 25 October at 01:00 UTC.
  expect(iso(quietUntil(hours, at("2026-03-28T22:00:00Z")))).toBe("2026-03-29T06:00:00.000Z");
  expect(iso(quietUntil(hours, at("2026-10-24T21:00:00Z")))).toBe("2026-10-25T07:00:00.000Z");
});

test("an end that is skipped when clocks go forward is the moment they do", () => {
  const hours = { start: "23:00", end: "02:30", time_zone: "Europe/Berlin" };
  expect(iso(quietUntil(hours, at("2026-03-28T23:00:00Z")))).toBe("2026-03-29T01:00:00.000Z");
});

test("when all that is not quiet is skipped, it is quiet until the end a day later", () => {
  const hours = { start: "02:01", end: "02:00", time_zone: "Europe/Berlin" };
  expect(iso(quietUntil(hours, at("2026-03-28T01:01:00Z")))).toBe("2026-03-30T00:00:00.000Z");
});

test("whatever the zone and the season, quiet ends at the first minute that is not quiet", () => {
  const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
  const clock = fc
    .record({ hour: fc.nat(23), minute: fc.nat(59) })
    .map(({ hour, minute }) => [hour, minute].map((n) => String(n).padStart(2, "0")).join(":"));
  // Days on which clocks go forward, and one on which they do not. Those on which they go back show
  // the start twice, and it stays quiet in between.
  const days = ["2026-03-07", "2026-03-28", "2026-06-01", "2026-10-03"];
  const time = fc
    .record({ day: fc.constantFrom(...days), ms: fc.nat(2 * 86_400_000) })
    .map(({ day, ms }) => at(`${day}T00:00:00Z`) + ms);
  fc.assert(
    fc.property(fc.constantFrom(...zones), clock, clock, time, (time_zone, start, end, now) => {
      fc.pre(start !== end);
      const hours = { start, end, time_zone };
      const until = quietUntil(hours, now);
      if (until === null) return;
      let first = Math.floor(now / 60_000) * 60_000;
      while (quietUntil(hours, first) !== null) first += 60_000;
      expect(iso(until)).toBe(iso(first));
    }),
    { numRuns: 150 },
  );
});
