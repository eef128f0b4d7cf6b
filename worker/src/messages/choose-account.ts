import { type Refusal, refuse } from "@roost/contract/errors";
import type { Id } from "@roost/contract/ids";
import type { Candidate } from "../accounts/account-object.ts";

/** Below this an account is not chosen for anything but a chat it has already. */
const HEALTHY = 50;

/**
 * The account for a message that names none: the one that spoke with this person last, else the
 * healthiest. While none is connected, one that is about to be: the message waits in its outbox for
 * the moment that a restart takes. Null when no account takes messages.
 */
export function chooseAccount(candidates: readonly Candidate[]): Id<"account"> | null {
  const open = candidates.filter(
    ({ queue_state }) => queue_state === "active" || queue_state === "paused",
  );
  const connected = open.filter(({ state }) => state === "connected");
  const comingBack = open.filter(({ state }) => state === "connecting" || state === "reconnecting");
  const able = connected.length > 0 ? connected : comingBack;
  const [best] = able
    .filter(({ chatAt, health }) => chatAt !== null || health >= HEALTHY)
    .sort((a, b) => (b.chatAt ?? 0) - (a.chatAt ?? 0) || b.health - a.health);
  return best?.id ?? able[0]?.id ?? null;
}

/** Why none could be chosen, by what is nearest to sending. */
export function whyNone(candidates: readonly Candidate[]): Refusal {
  const some = (...states: Candidate["state"][]) =>
    candidates.filter(({ state }) => states.includes(state));
  const [closed, ...moreClosed] = some("connected", "connecting", "reconnecting");
  if (closed !== undefined) {
    return refuse(
      "queue_closed",
      moreClosed.length === 0
        ? `The queue of the linked account is ${closed.queue_state} and takes no messages. Set it to active.`
        : "The queues of all linked accounts are draining or frozen and take no messages. Set one to active.",
    ).refusal;
  }
  if (some("restricted").length > 0) {
    return refuse(
      "account_restricted",
      "WhatsApp restricts the linked account. To answer somebody who wrote to it lately, name it in `account`.",
    ).refusal;
  }
  if (some("parked").length > 0) {
    return refuse(
      "invalid_state",
      "The linked account is stopped. Restart it, or name the account that shall wait with the message.",
    ).refusal;
  }
  if (candidates.length === 0) {
    return refuse(
      "account_unlinked",
      "There is no account that could send. Create one and link a phone to it.",
    ).refusal;
  }
  if (candidates.every(({ state }) => state === "banned")) {
    return refuse("account_restricted", "WhatsApp has banned this number. Link another.").refusal;
  }
  return refuse("account_unlinked", "No account is linked. Link a phone to one, then send again.")
    .refusal;
}
