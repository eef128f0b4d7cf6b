import type { HealthPoint } from "@roost/contract/accounts";
import { scaleLinear, scaleUtc } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";
import { formatTime } from "../lib/times.ts";

/** The drawing's own measures; the page stretches it to any width. */
export const WIDTH = 1000;
export const HEIGHT = 100;
const TICKS = 4;
const DAY_MS = 86_400_000;

export type ScorePoint = HealthPoint & { n: number; x: number; y: number };
/** Paths and places in percent, so that the browser has nothing to compute and nothing to load. */
export type ScoreDrawing = {
  line: string;
  area: string;
  points: ScorePoint[];
  ticks: { x: number; label: string }[];
};
type Span = { since: number; until: number };

/** A score over time as a step line: it holds until the next change, the last one until now. */
export function drawScore(
  changes: readonly HealthPoint[],
  score: number,
  span: Span,
  timeZone: string,
): ScoreDrawing {
  const x = scaleUtc([span.since, span.until], [0, WIDTH]).clamp(true);
  const y = scaleLinear([0, 100], [HEIGHT, 0]);
  const points = pointsIn(changes, score, span).map((change, n) => ({
    ...change,
    n,
    x: (x(Date.parse(change.at)) / WIDTH) * 100,
    y: (y(change.score) / HEIGHT) * 100,
  }));
  const ends = points.map(({ at, score }): [number, number] => [x(Date.parse(at)), y(score)]);
  ends.push([WIDTH, y(score)]);
  return {
    line: line().curve(curveStepAfter)(ends) ?? "",
    area: area().y0(HEIGHT).curve(curveStepAfter)(ends) ?? "",
    points,
    ticks: ticksOf(span, timeZone),
  };
}

/** Oldest first. What the score was before the span stands at its beginning. */
function pointsIn(
  changes: readonly HealthPoint[],
  score: number,
  { since, until }: Span,
): HealthPoint[] {
  const sorted = changes.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const inside = sorted.filter(({ at }) => Date.parse(at) >= since && Date.parse(at) <= until);
  const before = sorted.findLast(({ at }) => Date.parse(at) < since);
  const start = { at: new Date(since).toISOString(), reason: null };
  if (before !== undefined) return [{ ...start, score: before.score }, ...inside];
  return inside.length > 0 ? inside : [{ ...start, score }];
}

/** Round times of the reader's own zone; those so near an end that their words would stick out are left out. */
function ticksOf({ since, until }: Span, timeZone: string): ScoreDrawing["ticks"] {
  const offset = offsetOf(timeZone, until);
  const local = scaleUtc([since + offset, until + offset], [0, 100]);
  const format = until - since > 2 * DAY_MS ? "date" : "time";
  return local
    .ticks(TICKS)
    .map((tick) => ({ x: local(tick), label: formatTime(tick.toISOString(), format, "UTC") }))
    .filter(({ x }) => x >= 4 && x <= 96);
}

/** How far a zone's clocks are ahead of UTC, in milliseconds. */
function offsetOf(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName");
  const [, sign, hours = "0", minutes = "0"] =
    /GMT([+-])(\d{2}):?(\d{2})?/.exec(parts?.value ?? "") ?? [];
  const ahead = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? -ahead : ahead;
}
