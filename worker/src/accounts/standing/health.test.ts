import * as fc from "fast-check";
import { expect, test } from "vitest";
import { afterOutcome, healthy, historyOf, HISTORY_MS, MAX_POINTS, withReason } from "./health.ts";

const outcome = fc.record({
  isSuccess: fc.boolean(),
  waitMs: fc.oneof(fc.nat(1_000), fc.nat(86_400_000)),
  isNamed: fc.nat(20).map((chance) => chance === 0),
});

test("the score moves by one up and five down, between 0 and 100", () => {
  const failed = afterOutcome(healthy, false, 1);
  expect(failed).toMatchObject({ score: 95, consecutiveFailures: 1 });
  expect(afterOutcome(failed, true, 2)).toMatchObject({ score: 96, consecutiveFailures: 0 });
  let health = healthy;
  for (let i = 0; i < 30; i++) health = afterOutcome(health, false, i);
  expect(health.score).toBe(0);
});

test("the history stays small, in order, ends with the present score, and keeps no old points", () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 900 }), (outcomes) => {
      let health = healthy;
      let now = 1_000;
      for (const { isSuccess, waitMs, isNamed } of outcomes) {
        now += waitMs;
        health = afterOutcome(health, isSuccess, now);
        if (isNamed) health = withReason(health, "low_health", now);
        const points = historyOf(health);
        expect(points.length).toBeLessThanOrEqual(MAX_POINTS);
        expect(points.at(-1)?.[1] ?? 100).toBe(health.score);
      }
      const times = historyOf(health).map(([at]) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const newest = times.at(-1) ?? 0;
      expect(times.every((at) => at > newest - HISTORY_MS)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test("a rise from 60 to 100 is one movement, and the dip before it stays to be seen", () => {
  let health = healthy;
  for (let i = 0; i < 8; i++) health = afterOutcome(health, false, 1_000 + i);
  for (let i = 0; i < 40; i++) health = afterOutcome(health, true, 2_000 + i);
  expect(historyOf(health).map(([, score]) => score)).toEqual([95, 60, 100]);
});
