import { ABSENT_FOR_MS } from "@roost/contract/host";
import type { MessageError, MessageState } from "@roost/contract/messages";

export type RetryFacts = {
  state: MessageState;
  /** Since when it is in this state. */
  since: number;
  error: MessageError | null;
  expiresAt: number | null;
  /** Somebody asked for this very message. */
  isNamed: boolean;
};

/** `pass_over`: it is not among what a retry is about. */
export type RetryVerdict = "retry" | "refuse" | "pass_over";

/** WhatsApp's "no new chats for now" (463): each repetition makes it longer. */
const NEVER = "restricted";

/**
 * Whether a message may be put back into the queue. What failed goes again when that can help; what may
 * have gone out only by the choice of whoever names it, as WhatsApp may then see it twice under one id.
 */
export function retryVerdict(facts: RetryFacts, now: number): RetryVerdict {
  const { state, since, error, expiresAt, isNamed } = facts;
  if (state === "unconfirmed")
    return isNamed && !isOver(expiresAt, now) ? "retry" : otherwise(isNamed);
  if (state !== "failed") return otherwise(isNamed);
  if (isOver(expiresAt, now) || error?.code === NEVER) return "refuse";
  if (error?.code === "not_on_whatsapp") return since + ABSENT_FOR_MS <= now ? "retry" : "refuse";
  return error?.retryable === true ? "retry" : "refuse";
}

function otherwise(isNamed: boolean): RetryVerdict {
  return isNamed ? "refuse" : "pass_over";
}

function isOver(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}
