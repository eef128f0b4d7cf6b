import type { AccountState } from "../account-state.ts";
import { isOpen, isWaiting } from "../outbox/message-state.ts";
import type { Change, StoredMessage } from "../stored.ts";
import { beginChat, showInChat } from "./change-chats.ts";
import { countAllowance, countOutcome } from "./count.ts";

export function addMessage(state: AccountState, message: StoredMessage): void {
  state.messages.add(message);
  // What changes another message is none of its own to whoever reads the chat.
  if (message.target === undefined) showInChat(state, message);
  const target = message.target === undefined ? null : state.messages.find(message.target);
  if (target !== null && message.type === "revoke") {
    target.revokedBy = message.n;
    state.messages.touch(target);
  }
  if (message.out === null) return;
  state.outbox.place(message);
  if (message.target === undefined) countAllowance(state, 1);
  if (message.out.key !== null) state.keys.add(message.out.key, message.n, message.createdAt);
}

export function setState(state: AccountState, change: Extract<Change, { kind: "state" }>): void {
  const message = state.messages.find(change.n);
  if (message === null) return;
  const before = message.states.at(-1)?.[0];
  // Returned and due again is no step of its own in the message's history.
  if (change.state === "accepted" && before === "leased") message.states.pop();
  else message.states.push([change.state, change.at]);
  if (change.error !== undefined) message.error = change.error;
  else if (change.state !== "unconfirmed") message.error = null;
  state.messages.touch(message);
  if (message.out === null) return;
  if (isWaiting(change.state)) message.out.beginsChat = false;
  state.outbox.place(message);
  if (change.state !== "leased") state.leases.settle(change.n);
  if (before !== undefined && isOpen(before)) {
    // One that expires or is cancelled without an outcome was counted with the attempt it had.
    const isCounted = isWaiting(before) && change.state === "unconfirmed";
    if (!isCounted) countOutcome(state, message, change);
  }
  if (change.state === "sent") beginChat(state, message.chat, change.at);
}

/** Into the queue again, by somebody's wish. */
export function putBack(state: AccountState, n: number, at: number): void {
  const message = state.messages.find(n);
  if (message === null) return;
  if (message.states.at(-1)?.[0] === "unconfirmed") message.mayBeOut = true;
  message.states.push(["accepted", at]);
  message.retries = (message.retries ?? 0) + 1;
  message.error = null;
  state.messages.touch(message);
  state.outbox.place(message);
}
