import type { ReasonCode } from "@roost/contract/reasons";

/** How an account fares, from what became of its messages. */
export type HealthFacts = {
  score: number;
  consecutiveFailures: number;
  /** What the score was and when it changed, the oldest first. Absent in accounts of earlier days. */
  history?: HealthPoint[];
};

/** When, what the score was from then on, and the reason where it has a name. */
export type HealthPoint = [at: number, score: number, reason: ReasonCode | null];

const SUCCESS = 1;
const FAILURE = -5;
/** After so many failures in a row the queue is paused and a person is asked. */
const FAILURES_TO_PAUSE = 10;
/** Below this nothing is sent that nobody asked for. */
export const HEALTHY_FROM = 50;

const DAY_MS = 24 * 60 * 60 * 1000;
export const HISTORY_MS = 30 * DAY_MS;
export const MAX_POINTS = 300;
/** A score that goes on rising, or falling, is one movement for so long. */
const ONE_MOVEMENT_MS = 5 * 60 * 1000;

export const healthy: HealthFacts = { score: 100, consecutiveFailures: 0 };

/** The health after one more message succeeded or failed. */
export function afterOutcome(health: HealthFacts, isSuccess: boolean, now: number): HealthFacts {
  const score = Math.min(100, Math.max(0, health.score + (isSuccess ? SUCCESS : FAILURE)));
  return {
    score,
    consecutiveFailures: isSuccess ? 0 : health.consecutiveFailures + 1,
    history: score === health.score ? historyOf(health) : noted(health, [now, score, null]),
  };
}

/** A person has looked and sends on: what failed until now counts no more against campaigns. */
export function forgiven(health: HealthFacts, now: number | null): HealthFacts {
  const score = Math.max(health.score, HEALTHY_FROM);
  const history =
    now === null || score === health.score
      ? historyOf(health)
      : noted(health, [now, score, "health_recovered"]);
  return { score, consecutiveFailures: 0, history };
}

/** The health with a change of standing in its history. */
export function withReason(health: HealthFacts, reason: ReasonCode, now: number): HealthFacts {
  return { ...health, history: noted(health, [now, health.score, reason]) };
}

/** What the history keeps once there is one more point: some hundred at most, of 30 days. */
function noted(health: HealthFacts, point: HealthPoint): HealthPoint[] {
  const kept = historyOf(health).filter(([at]) => at > point[0] - HISTORY_MS);
  const last = kept.at(-1);
  if (last !== undefined && isOneMovement(kept.at(-2), last, point)) kept.pop();
  kept.push(point);
  return kept.length > MAX_POINTS ? thinned(kept) : kept;
}

function isOneMovement(
  before: HealthPoint | undefined,
  [at, score, reason]: HealthPoint,
  [nextAt, nextScore, nextReason]: HealthPoint,
): boolean {
  if (before === undefined || reason !== null || nextReason !== null) return false;
  return (
    nextAt - at < ONE_MOVEMENT_MS && Math.sign(score - before[1]) === Math.sign(nextScore - score)
  );
}

/** Half of the older points go, but none of those that say why. */
function thinned(points: readonly HealthPoint[]): HealthPoint[] {
  const half = Math.floor(points.length / 2);
  const kept = points.filter(
    ([, , reason], index) => index >= half || reason !== null || index % 2 === 0,
  );
  return kept.slice(-MAX_POINTS);
}

export function historyOf({ history = [] }: HealthFacts): HealthPoint[] {
  return history;
}

export function mustPause(health: HealthFacts): boolean {
  return health.consecutiveFailures >= FAILURES_TO_PAUSE;
}
