import * as fc from "fast-check";
import { expect, test } from "vitest";
import { refusal } from "./admission.ts";
import { leavingTimes } from "./give-back.ts";

test("idle sessions leave first, no two hundred at once, and the last within four seconds", () => {
  const hosts = fc.array(fc.record({ isIdle: fc.boolean() }), { maxLength: 1_000 });
  fc.assert(
    fc.property(hosts, fc.double({ min: 0, max: 0.999, noNaN: true }), (sessions, chance) => {
      const times = leavingTimes(sessions, 10, () => chance);
      expect(new Set(times.map(([session]) => session)).size).toBe(sessions.length);
      const order = times.map(([{ isIdle }]) => isIdle);
      expect(order.lastIndexOf(true)).toBeLessThan(
        order.includes(false) ? order.indexOf(false) : order.length + 1,
      );
      for (const [i, [, ms]] of times.entries()) {
        expect(ms).toBeLessThanOrEqual(4_000);
        expect(ms).toBeGreaterThanOrEqual(times[i - 1]?.[1] ?? 0);
      }
      const busiest = Math.max(0, ...countsPerSecond(times.map(([, ms]) => ms)));
      expect(busiest).toBeLessThanOrEqual(Math.max(101, sessions.length / 4 + 1));
    }),
  );
});

function countsPerSecond(times: readonly number[]): number[] {
  return [...Map.groupBy(times, (ms) => Math.floor(ms / 1_000)).values()].map((all) => all.length);
}

test("a host that drains, is full or unwell takes nothing", () => {
  const well = { isDraining: false, isUnwell: false, sessions: 3, capacity: 4 };
  expect(refusal(well)).toBeNull();
  expect(refusal({ ...well, sessions: 4 })).toBe("host_full");
  expect(refusal({ ...well, isUnwell: true })).toBe("host_full");
  expect(refusal({ ...well, isDraining: true })).toBe("host_draining");
});
