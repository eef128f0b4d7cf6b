import * as fc from "fast-check";
import { expect, test } from "vitest";
import { defaultLimits } from "./default-limits.ts";
import {
  firstStage,
  LADDER,
  presentWarmUp,
  stageByAge,
  WARM_FROM,
  warmUpAfter,
  warmUpLimit,
} from "./warm-up.ts";

const DAY = 86_400_000;
const limits = defaultLimits(false);

test("a day of use with good health is a stage", () => {
  const first = firstStage(0);
  const well = { score: 100, isUsed: true };
  expect(warmUpAfter(first, { ...well, now: DAY - 1 })).toBe(first);
  expect(warmUpAfter(first, { ...well, now: DAY })).toEqual({
    stage: 2,
    since: DAY,
    isHeld: false,
  });
  expect(warmUpAfter(first, { ...well, isUsed: false, now: DAY })).toBe(first);
});

test("a health that falls holds the stage, and the day begins anew when it has recovered", () => {
  const held = warmUpAfter(firstStage(0), { now: 9, score: WARM_FROM - 1, isUsed: true });
  expect(held).toEqual({ stage: 1, since: 9, isHeld: true });
  expect(warmUpAfter(held, { now: 2 * DAY, score: 10, isUsed: true })).toBe(held);
  const again = warmUpAfter(held, { now: 2 * DAY, score: WARM_FROM, isUsed: true });
  expect(again).toEqual({ stage: 1, since: 2 * DAY, isHeld: false });
});

test("never more than a stage a day, nor one back, whatever the clock and the health do", () => {
  const step = fc.record({
    forwardMs: fc.integer({ min: -3 * DAY, max: 3 * DAY }),
    score: fc.nat(100),
    isUsed: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let state = firstStage(0);
      let [now, forward] = [0, 0];
      for (const { forwardMs, score, isUsed } of steps) {
        now += forwardMs;
        forward += Math.max(0, forwardMs);
        const next = warmUpAfter(state, { now, score, isUsed });
        expect(next.stage - state.stage).toBeGreaterThanOrEqual(0);
        expect(next.stage - state.stage).toBeLessThanOrEqual(1);
        state = next;
      }
      expect(state.stage - 1).toBeLessThanOrEqual(forward / DAY);
    }),
  );
});

test("it is over when the account's own limit is lower, when it is off, and at the top", () => {
  expect(warmUpLimit(firstStage(0), limits)).toBe(20);
  expect(warmUpLimit(firstStage(0), { ...limits, new_chats_per_day: 20 })).toBeNull();
  expect(warmUpLimit(firstStage(0), { ...limits, warm_up: false })).toBeNull();
  const top = { stage: LADDER.length + 1, since: 0, isHeld: false };
  expect(warmUpLimit(top, { ...limits, new_chats_per_day: 100_000 })).toBeNull();
  expect(warmUpAfter(top, { now: 9 * DAY, score: 100, isUsed: true })).toBe(top);
});

test("a number that was linked before this was kept stands where its days put it", () => {
  expect(stageByAge(0, 3.5 * DAY)).toEqual({ stage: 4, since: 3 * DAY, isHeld: false });
});

test("the ladder is shown as far as it limits the account", () => {
  expect(presentWarmUp({ stage: 2, since: 0, isHeld: false }, limits)).toEqual({
    stage: 2,
    stages: 4,
    new_chats_per_day: 36,
    next_stage_at: new Date(DAY).toISOString(),
    is_held_back: false,
  });
});
