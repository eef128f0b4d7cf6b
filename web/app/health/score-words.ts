import { formatTime } from "../lib/times.ts";
import type { ScorePoint } from "./draw-score.server.ts";

/** What a score means, in a word and a sentence. */
export function wordFor(score: number): { word: string; sentence: string } {
  if (score >= 80) return { word: "Good", sentence: "Nothing is held back because of it." };
  if (score >= 50) {
    return { word: "Weakened", sentence: "Messages failed lately. Below 50, campaigns wait." };
  }
  if (score > 0) {
    return { word: "Poor", sentence: "Campaigns wait until it is 50 again; the rest goes out." };
  }
  return { word: "At its lowest", sentence: "Look at the errors before you send more." };
}

/** The drawing in one sentence, for everybody and above all for who does not see it. */
export function summaryOf(points: readonly ScorePoint[], days: number, timeZone: string): string {
  const span = days === 1 ? "24 hours" : `${days} days`;
  const lowest = points.reduce((low, point) => (point.score < low.score ? point : low));
  if (points.length < 2) return `Unchanged at ${lowest.score} over the last ${span}.`;
  const changes = points.length - 1;
  return `${changes} ${changes === 1 ? "change" : "changes"} in the last ${span}. Lowest: ${lowest.score}, on ${formatTime(lowest.at, "moment", timeZone)}.`;
}
