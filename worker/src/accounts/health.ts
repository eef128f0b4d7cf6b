/** How an account fares, from what became of its messages. */
export type HealthFacts = { score: number; consecutiveFailures: number };

const SUCCESS = 1;
const FAILURE = -5;
/** After so many failures in a row the queue is paused and a person is asked. */
export const FAILURES_TO_PAUSE = 10;

export const healthy: HealthFacts = { score: 100, consecutiveFailures: 0 };

/** The health after one more message succeeded or failed. */
export function afterOutcome(health: HealthFacts, isSuccess: boolean): HealthFacts {
  const score = Math.min(100, Math.max(0, health.score + (isSuccess ? SUCCESS : FAILURE)));
  return { score, consecutiveFailures: isSuccess ? 0 : health.consecutiveFailures + 1 };
}

export function mustPause(health: HealthFacts): boolean {
  return health.consecutiveFailures >= FAILURES_TO_PAUSE;
}
