import type { HealthPoint } from "@roost/contract/accounts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The API keeps as much; what was before is not known. */
const KEPT_MS = 30 * DAY_MS;
const FIRST_SCORE = 100;

/**
 * What to draw of a score's changes. Of a young account the time begins with it, an hour ago at the
 * latest, and with the score that all begin with.
 */
export function scoreHistory(
  changes: readonly HealthPoint[],
  createdAt: number,
  days: number,
  now: number,
): { span: { since: number; until: number }; changes: readonly HealthPoint[] } {
  const asked = now - days * DAY_MS;
  if (createdAt <= now - KEPT_MS) return { span: { since: asked, until: now }, changes };
  const born = Math.min(createdAt, now - HOUR_MS);
  const first = { at: new Date(born).toISOString(), score: FIRST_SCORE, reason: null };
  return { span: { since: Math.max(asked, born), until: now }, changes: [first, ...changes] };
}
