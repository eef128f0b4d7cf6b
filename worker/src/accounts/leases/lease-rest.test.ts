import { expect, test } from "vitest";
import { LeaseRest } from "./lease-rest.ts";

test("each time that a lease comes back the rest is longer, up to a limit", () => {
  const rest = new LeaseRest();
  const rests: number[] = [];
  let now = 1_000;
  for (let n = 0; n < 8; n++) {
    for (let message = 0; message < 20; message++) rest.returned(now);
    const until = rest.until(now) ?? now;
    rests.push(until - now);
    now = until;
    expect(rest.until(now)).toBeNull();
  }
  expect(rests).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test("a host that has begun something is trusted again", () => {
  const rest = new LeaseRest();
  for (let now = 0; now < 60_000; now += 10_000) rest.returned(now);
  rest.begun();
  rest.returned(100_000);
  expect(rest.until(100_000)).toBe(100_250);
});

test("a rest ends when the clock is set back, and the next one is an ordinary one", () => {
  const rest = new LeaseRest();
  rest.returned(1_000_000);
  const earlier = 1_000_000 - 80_000;
  expect(rest.until(earlier)).toBeNull();
  rest.returned(earlier);
  expect(rest.until(earlier)).toBe(earlier + 500);
});
