import type { LeasedMessage } from "@roost/contract/host";

/** Whether the first waiting message may be begun, and what has to happen before. */
export type Move =
  /** Nothing waits. */
  | { kind: "idle" }
  | { kind: "wait"; untilMs: number | null }
  /** Its time is over: the edge decides anew. */
  | { kind: "give_back" }
  /** Find out first who the recipient is. */
  | { kind: "prepare" }
  | { kind: "begin" };

export type MoveFacts = {
  now: number;
  head: Pick<LeasedMessage, "not_before" | "give_up_at" | "typing_ms" | "attempt"> | null;
  isConnected: boolean;
  /** The edge knows us and keeps up. */
  mayWork: boolean;
  isPrepared: boolean;
  /** What came while we were away is here, so a receipt for an earlier attempt would be too. */
  isOfflineQueueThrough: boolean;
  /** After a refusal or an unanswered look-up WhatsApp is left in peace until then. */
  pausedUntil: number;
  inFlight: number;
  isSomebodyTyping: boolean;
  maxInFlight: number;
};

/** Decides about the first message of a session's queue. */
export function nextMove(facts: MoveFacts): Move {
  const { head, now } = facts;
  if (!head) return { kind: "idle" };
  if (now >= head.give_up_at) return { kind: "give_back" };

  const untilGiveUp: Move = { kind: "wait", untilMs: head.give_up_at };
  if (!facts.isConnected || !facts.mayWork) return untilGiveUp;
  const notBefore = Math.max(head.not_before, facts.pausedUntil);
  if (now < notBefore) return { kind: "wait", untilMs: Math.min(notBefore, head.give_up_at) };
  if (head.attempt > 1 && !facts.isOfflineQueueThrough) return untilGiveUp;
  // A person types one message at a time; otherwise a few are kept on their way.
  const isAlone = head.typing_ms > 0 || facts.isSomebodyTyping;
  if (facts.inFlight >= (isAlone ? 1 : facts.maxInFlight)) return untilGiveUp;
  return facts.isPrepared ? { kind: "begin" } : { kind: "prepare" };
}
