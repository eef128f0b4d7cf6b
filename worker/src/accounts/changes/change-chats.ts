import type { AccountState } from "../account-state.ts";
import { type Amendment, amendMessage } from "../reports/amend-message.ts";
import { gradeOf } from "../leases/stranger.ts";
import type { StoredChat, StoredMessage } from "../stored.ts";

const PREVIEW_CHARACTERS = 100;

export function putChat(state: AccountState, chat: StoredChat): void {
  state.chats.put(chat);
  if (chat.mergedInto !== null) state.outbox.mergeChats(chat.n, chat.mergedInto);
  state.regrade(chat.mergedInto ?? chat.n);
}

/** The chat shows a message of its own as its latest. */
export function showInChat(state: AccountState, message: StoredMessage): void {
  const chat = state.chats.find(message.chat);
  if (chat === null) return;
  const at = message.createdAt;
  const before = gradeOf(chat);
  chat.tails = [message.n, ...chat.tails.filter((n) => n !== message.before)];
  const preview = previewOf(message);
  chat.last = { n: message.n, direction: message.direction, preview, at };
  chat.updatedAt = at;
  if (message.direction === "inbound") {
    chat.unread += 1;
    chat.lastInboundAt = at;
  }
  if (message.origin === "phone") chat.begunAt ??= at;
  state.chats.touch(chat.n);
  // All that waits there would be looked at for nothing, each time something is sent.
  if (gradeOf(chat) !== before) state.regrade(chat.n);
}

/** From now on what we send there begins no chat. */
export function beginChat(state: AccountState, n: number, at: number): void {
  const chat = state.chats.find(n);
  if (chat === null || chat.begunAt !== null) return;
  chat.begunAt = at;
  state.chats.touch(chat.n);
  state.regrade(chat.n);
}

export function markRead(state: AccountState, n: number): void {
  const chat = state.chats.find(n);
  if (chat === null) return;
  chat.unread = 0;
  state.chats.touch(chat.n);
}

/** Somebody edited, revoked or reacted to the message, or its content came at last. */
export function amend(state: AccountState, change: Amendment): void {
  const message = state.messages.find(change.n);
  if (message === null) return;
  amendMessage(message, change);
  state.messages.touch(message);
  const chat = state.chats.find(message.chat);
  if (chat?.last?.n !== message.n || change.kind === "reaction") return;
  chat.last.preview = previewOf(message);
  state.chats.touch(chat.n);
}

function previewOf({ text, type }: StoredMessage): string {
  return (text ?? type).slice(0, PREVIEW_CHARACTERS);
}
