import type { Evidence, Violation } from "../evidence.ts";

const MOST_WITHOUT_REASON_MS = 60_000;
/** A host that holds a message may die first, and the next one: each time it is offered again. */
const MOST_IN_HAND_MS = 180_000;

/** Invariant 8: what has been due for a minute has a reason that can be read. */
export function checkWaits({ waitings }: Evidence): Violation[] {
  const worst = new Map<string, Violation>();
  for (const { account, message, state, dueForMs, reason } of waitings) {
    const most = state === "accepted" ? MOST_WITHOUT_REASON_MS : MOST_IN_HAND_MS;
    if (reason !== null || dueForMs <= most) continue;
    const what = `is ${state} and has been due for ${Math.round(dueForMs / 1_000)} s without a reason`;
    worst.set(message, { invariant: 8, what, account, message, text: null });
  }
  return [...worst.values()];
}
