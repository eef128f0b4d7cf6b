import { type Refusal, refuse } from "@roost/contract/errors";
import type { Candidate } from "../accounts/candidate.ts";

/** Below this an account is not chosen for anything but a chat it has already. */
const HEALTHY = 50;

/**
 * The account for a message to this person (an index into `chats`) that names none: the one that spoke
 * with them last, else the healthiest with budget left, equals in `turn`, and none that WhatsApp lets
 * only answer. While none is connected, one that is about to be: the message waits in its outbox for
 * the moment that a restart takes. A restricted one keeps the chats of those who have written to it: those
 * WhatsApp lets it answer. When all that could send are restricted, the one that has the chat says so. Null when no account takes messages.
 */
export function chooseAccount(
  candidates: readonly Candidate[],
  person: number,
  turn: number,
): Candidate | null {
  const chatAt = ({ chats }: Candidate) => chats[person] ?? null;
  const hasChat = (candidate: Candidate) => chatAt(candidate) !== null;
  const open = candidates.filter(
    ({ queue_state }) => queue_state === "active" || queue_state === "paused",
  );
  const connected = open.filter(({ state }) => state === "connected");
  const comingBack = open.filter(({ state }) => state === "connecting" || state === "reconnecting");
  const restricted = open.filter(({ state }) => state === "restricted");
  const unrestricted = connected.length > 0 ? connected : comingBack;
  const answering = restricted.filter(({ hasWritten }) => hasWritten[person] === true);
  const able = unrestricted.length > 0 ? unrestricted : restricted.filter(hasChat);
  const [known] = [...new Set([...able, ...answering])]
    .filter(hasChat)
    .sort((a, b) => (chatAt(b) ?? 0) - (chatAt(a) ?? 0));
  if (known !== undefined) return known;
  // Each wish is dropped when no account fulfils it: the message then waits where it does least harm.
  const wishes: ((candidate: Candidate) => boolean)[] = [
    ({ isColdClosed }) => !isColdClosed,
    ({ health }) => health >= HEALTHY,
    ({ left }) => left > 0,
  ];
  const fit = wishes.reduce((left, wish) => {
    const fulfilling = left.filter(wish);
    return fulfilling.length > 0 ? fulfilling : left;
  }, able);
  const best = Math.max(...fit.map(({ health }) => health));
  const equals = fit.filter(({ health }) => health === best);
  return equals[turn % equals.length] ?? null;
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
      "WhatsApp restricts the linked account: it may only write to people who have written to it.",
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
