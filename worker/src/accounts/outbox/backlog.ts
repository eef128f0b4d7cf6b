import type { AccountState, QueueState } from "@roost/contract/accounts";
import type { ReasonCode } from "@roost/contract/reasons";

const HOUR = 60 * 60_000;

/** Away for so long, nobody knows whether what waits should still go out. */
export const LONG_GAP_MS = 6 * HOUR;
/** What became due shortly before the account is back is no backlog: it was just asked for. */
export const STALE_AFTER_MS = HOUR;

/** Since when the account is away, and whether WhatsApp has locked it in this time. */
export type Away = { since: number; isLocked: boolean };

export type BacklogFacts = {
  state: AccountState;
  /** Null while it is, and was, connected; undefined when nobody has looked yet. */
  away: Away | null | undefined;
  queueState: QueueState;
  /** Messages that wait, scheduled ones among them. */
  waiting: number;
  /** Since when the oldest due message waits for its turn; null when none is due. */
  oldestDueAt: number | null;
};

export type BacklogStep = {
  away: Away | null;
  /** Why the queue is held and a person asked; null when it is not. */
  hold: ReasonCode | null;
};

/**
 * Whether what waits may go out by itself. It may not when WhatsApp locked the number meanwhile, nor
 * when the account was away for long: a person looks first. Asked once per absence, so that whoever
 * resumes the queue is not asked again.
 */
export function backlogStep(facts: BacklogFacts, now: number): BacklogStep {
  const { state, away, queueState, waiting, oldestDueAt } = facts;
  const isOpen = queueState === "active" || queueState === "draining";
  if (state === "connected" || state === "restricted") {
    const isLong = away !== null && away !== undefined && now - away.since >= LONG_GAP_MS;
    const isStale = oldestDueAt !== null && now - oldestDueAt >= STALE_AFTER_MS;
    return { away: null, hold: isOpen && isLong && isStale ? "backlog_gap" : null };
  }
  const isLocked = state === "banned";
  if (away === null || away === undefined) {
    return { away: { since: now, isLocked }, hold: isOpen && isLocked ? locked(waiting) : null };
  }
  const isNews = isLocked && !away.isLocked;
  return {
    away: isNews ? { ...away, isLocked } : away,
    hold: isOpen && isNews ? locked(waiting) : null,
  };
}

function locked(waiting: number): ReasonCode | null {
  return waiting > 0 ? "backlog_ban" : null;
}
