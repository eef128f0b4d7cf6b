import { expect, test } from "vitest";
import { drawScore } from "./draw-score.server.ts";
import { scoreHistory } from "./score-history.ts";

const now = Date.parse("2026-11-20T12:00:00.000Z");
const minutesAgo = (minutes: number): number => now - minutes * 60_000;
const change = (minutes: number, score: number) => ({
  at: new Date(minutesAgo(minutes)).toISOString(),
  score,
  reason: null,
});

test("the first change of a young account is one: all begin with a hundred", () => {
  const { span, changes } = scoreHistory([change(5, 95)], minutesAgo(10), 7, now);
  expect(span).toEqual({ since: minutesAgo(60), until: now });
  const { points } = drawScore(changes, 95, span, "UTC");
  expect(points.map(({ score, x }) => [score, Math.round(x)])).toEqual([
    [100, 0],
    [95, 92],
  ]);
});

test("an account that is older than the span fills all of it", () => {
  const { span, changes } = scoreHistory([change(30, 95)], minutesAgo(60 * 24 * 20), 7, now);
  expect(span.since).toBe(minutesAgo(60 * 24 * 7));
  expect(drawScore(changes, 95, span, "UTC").points[0]).toMatchObject({ x: 0, score: 100 });
});

test("nothing is made up of a time that is no longer kept", () => {
  const changes = [change(30, 95)];
  expect(scoreHistory(changes, minutesAgo(60 * 24 * 40), 30, now).changes).toEqual(changes);
});
