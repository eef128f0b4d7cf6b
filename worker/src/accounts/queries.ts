import type { Limits } from "@roost/contract/accounts";
import type { Chat } from "@roost/contract/chats";
import { type Outcome, refuse } from "@roost/contract/errors";
import type { Message, MessageState } from "@roost/contract/messages";
import type { AccountStore } from "./account-store.ts";
import { estimateOf } from "./outbox/estimate.ts";
import { isBefore, type Position } from "./storage/position.ts";
import { presentChat, presentMessage } from "./present.ts";
import type { StoredMessage } from "./stored.ts";

/** So many are looked at for one page; a rare match may need a page more. */
const LOOK_AT = 5_000;

export type MessageListing = {
  chat: number | null;
  direction: "outbound" | "inbound" | null;
  state: MessageState | null;
  since: number | null;
  until: number | null;
  /** Only what comes after this in the list, which is older. */
  after: Position | null;
  limit: number;
};
export type ChatPage = { after: Position | null; limit: number };
/** `next`: where the following page begins; null after the last one. */
export type Page<T> = { items: T[]; next: Position | null };

/** The account's messages, the newest first. */
export function messagePage(
  store: AccountStore,
  filter: MessageListing,
  limits: Limits,
  now: number,
): Outcome<Page<Message>> {
  const { id } = store.account();
  const items: Message[] = [];
  let seen = 0;
  for (const message of candidates(store, filter)) {
    if (filter.since !== null && message.createdAt < filter.since) break;
    const position = { at: message.createdAt, account: id, n: message.n };
    seen += 1;
    if (matches(message, filter) && (filter.after === null || isBefore(position, filter.after))) {
      items.push(presentMessage(store, message, estimateOf(store, limits, message, now)));
    }
    if (items.length === filter.limit || seen === LOOK_AT) {
      return { ok: true, value: { items, next: position } };
    }
  }
  return { ok: true, value: { items, next: null } };
}

export function messageById(
  store: AccountStore,
  n: number,
  limits: Limits,
  now: number,
): Outcome<Message> {
  const message = store.messages.find(n);
  if (message === null) return refuse("not_found", "There is no such message, or it is not yours.");
  return {
    ok: true,
    value: presentMessage(store, message, estimateOf(store, limits, message, now)),
  };
}

function candidates(store: AccountStore, filter: MessageListing): Generator<StoredMessage> {
  const latest = Math.min(filter.until ?? Infinity, filter.after?.at ?? Infinity);
  const from = latest === Infinity ? store.messages.last() : store.messages.lastUntil(latest);
  if (filter.chat === null) return store.messages.newestFirst(from);
  return store.messages.chain(store.chats.find(filter.chat)?.tails ?? [], from);
}

function matches(message: StoredMessage, { direction, state }: MessageListing): boolean {
  if (message.target !== undefined) return false;
  if (direction !== null && message.direction !== direction) return false;
  return state === null || message.states.at(-1)?.[0] === state;
}

/** The account's chats, the latest first. */
export function chatPage(store: AccountStore, { after, limit }: ChatPage): Page<Chat> {
  const { id } = store.account();
  const positioned = store.chats
    .latestFirst()
    .map((chat) => ({ chat, position: { at: chat.updatedAt, account: id, n: chat.n } }))
    .filter(({ position }) => after === null || isBefore(position, after));
  const page = positioned.slice(0, limit);
  const next = positioned.length > limit ? (page.at(-1)?.position ?? null) : null;
  return { items: page.map(({ chat }) => presentChat(store, chat)), next };
}

export function chatById(store: AccountStore, n: number): Outcome<Chat> {
  const chat = store.chats.find(n);
  if (chat === null) return refuse("not_found", "There is no such chat, or it is not yours.");
  return { ok: true, value: presentChat(store, chat) };
}
