import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countSent, emptyQuota, type Quota, roomFor, usedWithin } from "./quota.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const unlimited = { per_minute: 1e9, per_hour: 1e9, per_day: 1e9 };

type Sent = { leasedAt: number; wireAt: number; outcomeAt: number };

/**
 * Hands out messages as fast as the limits allow; each goes out and has its outcome some time later.
 * Between any two steps the quota may have to survive a restart.
 */
function simulate(
  limits: typeof unlimited,
  steps: readonly { waitMs: number; wireMs: number; ackMs: number; restarts: boolean }[],
): Sent[] {
  let quota: Quota = emptyQuota();
  let now = 1_000_000_000;
  const sent: Sent[] = [];
  let inFlight: Sent[] = [];
  for (const { waitMs, wireMs, ackMs, restarts } of steps) {
    now += waitMs;
    for (const done of inFlight.filter(({ outcomeAt }) => outcomeAt <= now)) {
      countSent(quota, now);
      inFlight = inFlight.filter((message) => message !== done);
    }
    if (restarts) quota = JSON.parse(JSON.stringify(quota)) as Quota;
    const { left } = roomFor(quota, limits, inFlight.length, now);
    for (let i = 0; i < Math.min(left, 5); i++) {
      const wireAt = now + wireMs;
      const message = { leasedAt: now, wireAt, outcomeAt: wireAt + ackMs };
      sent.push(message);
      inFlight.push(message);
    }
  }
  return sent;
}

test("no window is ever exceeded on the wire, however late messages go out and across restarts", () => {
  const step = fc.record({
    waitMs: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 20 * MINUTE })),
    wireMs: fc.integer({ min: 0, max: 70_000 }),
    ackMs: fc.integer({ min: 0, max: 15_000 }),
    restarts: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const limits = { per_minute: 7, per_hour: 30, per_day: 60 };
      const wire = simulate(limits, steps)
        .map(({ wireAt }) => wireAt)
        .sort((a, b) => a - b);
      for (const [windowMs, limit] of [
        [MINUTE, limits.per_minute],
        [HOUR, limits.per_hour],
        [DAY, limits.per_day],
      ] as const) {
        for (let i = limit; i < wire.length; i++) {
          const [first = 0, last = 0] = [wire[i - limit], wire[i]];
          expect(last - first).toBeGreaterThanOrEqual(windowMs);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("a message leaves the minute after sixty seconds, and at most one second late", () => {
  const quota = emptyQuota();
  const at = 1_000_000_500;
  countSent(quota, at);
  expect(usedWithin(quota, at + MINUTE - 1).minute).toBe(1);
  expect(usedWithin(quota, at + MINUTE + 1_000).minute).toBe(0);
  expect(usedWithin(quota, at + MINUTE + 1_000).hour).toBe(1);
});

test("the widest full window is the reason, and says when it opens", () => {
  const quota = emptyQuota();
  for (let i = 0; i < 3; i++) countSent(quota, 1_000_000_000);
  const room = roomFor(quota, { per_minute: 3, per_hour: 3, per_day: 10 }, 0, 1_000_000_000);
  expect(room).toMatchObject({ left: 0, reason: "quota_hour" });
  expect(room.until).toBeGreaterThanOrEqual(1_000_000_000 + HOUR);
});

test("what is kept stays small: a bucket a second for a minute, a bucket a minute for a day", () => {
  const quota = emptyQuota();
  for (let at = 0; at < 2 * DAY; at += 7_000) countSent(quota, 1_000_000_000 + at);
  expect(quota.seconds.length).toBeLessThanOrEqual(62);
  expect(quota.minutes.length).toBeLessThanOrEqual(1_442);
});
