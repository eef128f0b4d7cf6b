import type { MessageState } from "@roost/contract/messages";

/** How far a message has come; a fact that is behind what we know says nothing new. */
const PROGRESS = {
  scheduled: 0,
  accepted: 0,
  leased: 1,
  sending: 2,
  unconfirmed: 3,
  sent: 4,
  delivered: 5,
  read: 6,
  played: 7,
} as const satisfies Partial<Record<MessageState, number>>;

type Live = keyof typeof PROGRESS;

const ENDS = new Set<MessageState>(["failed", "expired", "cancelled", "received"]);
/** Ends that were only our view of it: whatever WhatsApp says is nearer to the truth. */
const OUR_VIEW = new Set<MessageState>(["failed", "expired", "cancelled"]);
const CONFIRMED = new Set<MessageState>(["sent", "delivered", "read", "played"]);
const OPEN = new Set<MessageState>(["accepted", "scheduled", "leased", "sending"]);
/** What must have happened before, even if its own word is late or lost. */
const IMPLIED = ["sent", "delivered", "read"] as const;

/** Whether the message still waits for its outcome. */
export function isOpen(state: MessageState): boolean {
  return OPEN.has(state);
}

/** Whether WhatsApp has it. */
export function isConfirmed(state: MessageState): boolean {
  return CONFIRMED.has(state);
}

/** Whether it waits and no host has it. */
export function isWaiting(state: MessageState): boolean {
  return state === "accepted" || state === "scheduled";
}

function isLive(state: MessageState): state is Live {
  return state in PROGRESS;
}

/**
 * The states to record, in order, when `fact` is heard about a message in state `current`: none for
 * what is late, repeated or no longer possible. A message never goes back, except that a host may
 * return what it has not begun, and that WhatsApp may know better than we how it ended.
 */
export function statesAfter(current: MessageState, fact: MessageState): MessageState[] {
  const isUndone = OUR_VIEW.has(current) && CONFIRMED.has(fact);
  if (isUndone) return statesAfter("unconfirmed", fact);
  if (!isLive(current) || fact === "received") return [];
  if (fact === "failed") return isOpen(current) || current === "unconfirmed" ? ["failed"] : [];
  // Only what no host has can end without WhatsApp having a say.
  if (fact === "expired" || fact === "cancelled") return isWaiting(current) ? [fact] : [];
  if (fact === "accepted") return current === "leased" || current === "scheduled" ? [fact] : [];
  if (!isLive(fact) || PROGRESS[fact] <= PROGRESS[current]) return [];
  const implied = IMPLIED.filter(
    (state) => PROGRESS[state] > PROGRESS[current] && PROGRESS[state] < PROGRESS[fact],
  );
  return [...implied, fact];
}

/** Whether nothing is expected to change it any more. */
export function isFinal(state: MessageState): boolean {
  return ENDS.has(state) || state === "read" || state === "played";
}
