import { setTimeout as pause } from "node:timers/promises";

type Leaver = { isIdle: boolean };

/** The longest that a whole host's sessions are spread over. */
const MAX_SPREAD_MS = 4_000;

/**
 * When each of the sessions leaves, in milliseconds from now: the idle ones first, spread evenly with
 * chance, so that their new hosts do not get them in one instant. `random` is in [0, 1).
 */
export function leavingTimes<T extends Leaver>(
  sessions: readonly T[],
  eachMs: number,
  random: () => number,
): [T, number][] {
  const step = Math.min(eachMs, MAX_SPREAD_MS / Math.max(1, sessions.length));
  const inOrder = [...sessions].sort((a, b) => Number(b.isIdle) - Number(a.isIdle));
  return inOrder.map((session, i) => [session, Math.round((i + random()) * step)]);
}

/** Lets each session leave at its time; resolves when the last one has begun to. */
export async function giveBack<T extends Leaver>(
  times: readonly [T, number][],
  leave: (session: T) => void,
): Promise<void> {
  await Promise.all(
    times.map(async ([session, ms]) => {
      await pause(ms);
      leave(session);
    }),
  );
}
