import type { HealthPoint } from "@roost/contract/accounts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { drawScore } from "./draw-score.server.ts";

const until = Date.parse("2026-11-20T12:00:00.000Z");
const span = { since: until - 7 * 86_400_000, until };

function change(hoursAgo: number, score: number): HealthPoint {
  return { at: new Date(until - hoursAgo * 3_600_000).toISOString(), score, reason: null };
}

test("without any change the present score is a level line over the whole span", () => {
  const { line, points } = drawScore([], 100, span, "UTC");
  expect(line).toBe("M0,0L1000,0L1000,0");
  expect(points).toHaveLength(1);
});

test("a score holds until the next change, and the last one until now", () => {
  const { line } = drawScore([change(84, 50), change(42, 100)], 100, span, "UTC");
  expect(line).toBe("M500,50L750,50L750,0L1000,0L1000,0");
});

test("what the score was before the span stands at its beginning", () => {
  const { points } = drawScore([change(1_000, 70), change(900, 80)], 80, span, "UTC");
  expect(points.map(({ x, score }) => ({ x, score }))).toEqual([{ x: 0, score: 80 }]);
});

test("days are those of the reader's zone", () => {
  const labels = (zone: string) => drawScore([], 100, span, zone).ticks.map(({ label }) => label);
  expect(labels("UTC")).toEqual(["15 Nov", "17 Nov", "19 Nov"]);
  expect(drawScore([], 100, span, "America/Sao_Paulo").ticks[0]?.x).toBeCloseTo(
    (drawScore([], 100, span, "UTC").ticks[0]?.x ?? 0) + (3 / 168) * 100,
  );
});

test("whatever the history, nothing lies outside the drawing and time only goes on", () => {
  const history = fc.array(
    fc.record({
      ago: fc.integer({ min: -5, max: 2_000 }),
      score: fc.integer({ min: 0, max: 100 }),
    }),
  );
  fc.assert(
    fc.property(history, (given) => {
      const changes = given.map(({ ago, score }) => change(ago, score));
      const { points } = drawScore(changes, 100, span, "UTC");
      expect(points.length).toBeGreaterThan(0);
      for (const { x, y } of points) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(100);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(100);
      }
      const places = points.map(({ x }) => x);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }),
  );
});
