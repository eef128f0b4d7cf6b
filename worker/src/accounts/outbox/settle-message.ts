import type { EventType } from "@roost/contract/events";
import type { MessageError, MessageState } from "@roost/contract/messages";
import type { AccountStore } from "../account-store.ts";
import { applySent } from "./change-sent.ts";
import { closeColdLane } from "../limits/close-cold.ts";
import { mustPause } from "../standing/health.ts";
import { isConfirmed, statesAfter } from "./message-state.ts";
import type { StoredMessage } from "../stored.ts";
import { tellHealth } from "../standing/tell-standing.ts";

/**
 * Records what was heard about a message, with an event for every step. Late, repeated and impossible
 * news change nothing. `at` is when it happened, as far as the teller knows: clocks differ, so it is
 * taken for no later than now, and no earlier than what came before.
 */
export function settleMessage(
  store: AccountStore,
  message: StoredMessage,
  fact: MessageState,
  { at: told, now, error = null }: { at: number; now: number; error?: MessageError | null },
): void {
  const [current, since] = message.states.at(-1) ?? ["accepted", 0];
  const { n } = message;
  const at = Math.max(since, Math.min(told, now));
  for (const state of statesAfter(current, knownFact(store, message, fact))) {
    const withError = error === null ? {} : { error };
    store.change({ kind: "state", n, state, at, now, ...withError });
    if (message.target !== undefined && state === "sent") applySent(store, message, at, now);
    const type = message.target === undefined ? eventOf(state) : eventOfChange(state);
    if (type !== null) store.emit({ type, at, n, ...withError });
    if (state === "failed") closeColdLane(store, error, now);
  }
  pauseWhenFailing(store, now);
}

/** What may have gone out and is in nobody's hands cannot be said not to have: its fate stays open. */
function knownFact(store: AccountStore, message: StoredMessage, fact: MessageState): MessageState {
  if (fact !== "expired" && fact !== "cancelled") return fact;
  return message.mayBeOut && !store.leases.has(message.n) ? "unconfirmed" : fact;
}

function eventOf(state: MessageState): EventType | null {
  switch (state) {
    case "accepted":
    case "scheduled":
    case "leased":
    case "sending":
      return null;
    default:
      return `message.${state}`;
  }
}

/** That a change was sent is told of the message that it changed; of itself only how it failed. */
function eventOfChange(state: MessageState): EventType | null {
  return isConfirmed(state) ? null : eventOf(state);
}

function pauseWhenFailing(store: AccountStore, now: number): void {
  const { queue } = store.account();
  if (queue.state !== "active" || !mustPause(store.health())) return;
  store.setAccount({ queue: { state: "paused", reason: "too_many_failures" } });
  tellHealth(store, "too_many_failures", now);
}

/** Scheduled messages become due when their time has come, waiting ones expire when it is over. */
export function ripenOutbox(store: AccountStore, now: number): void {
  const { due, expired } = store.outbox.ripe(now);
  for (const n of expired) settleNumber(store, n, "expired", now);
  for (const n of due) settleNumber(store, n, "accepted", now);
}

function settleNumber(store: AccountStore, n: number, fact: MessageState, now: number): void {
  const message = store.messages.find(n);
  if (message !== null) settleMessage(store, message, fact, { at: now, now });
}
