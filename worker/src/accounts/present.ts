import type { Account, LinkAttempt } from "@roost/contract/accounts";
import type { Chat } from "@roost/contract/chats";
import type {
  AccountData,
  Event,
  LinkData,
  MessageData,
  ReactionData,
} from "@roost/contract/events";
import { numberedId } from "@roost/contract/ids";
import type { Message, MessageState } from "@roost/contract/messages";
import { type ReasonCode, reason } from "@roost/contract/reasons";
import type { AccountStore } from "./account-store.ts";
import type {
  StoredAccount,
  StoredChat,
  StoredEvent,
  StoredLink,
  StoredMessage,
  StoredReactionEvent,
} from "./stored.ts";

// How what is stored looks from outside: pure, and the same for answers, events and lists.

/** The first and last moments that a date can show. Beyond them is what others tell, not what we count. */
const LAST_DATE = 8.64e15;

export function time(at: number): string {
  return new Date(Math.max(-LAST_DATE, Math.min(at, LAST_DATE))).toISOString();
}

export function timeOrNull(at: number | null): string | null {
  return at === null ? null : time(at);
}

export function reasonOrNull(code: ReasonCode | null) {
  return code === null ? null : reason(code);
}

function plus(phone: string | null): string | null {
  return phone === null ? null : `+${phone}`;
}

export function presentAccount(store: AccountStore): Account {
  const account = store.account();
  return {
    id: account.id,
    name: account.name,
    provider: "whatsapp_web",
    state: account.state,
    reason: reasonOrNull(account.reason),
    phone: plus(account.phone),
    health: store.health().score,
    queue_state: account.queue.state,
    until: timeOrNull(untilOf(account)),
    connected_at: timeOrNull(account.connectedAt),
    created_at: time(account.createdAt),
  };
}

/** When what holds the account up is over, as far as WhatsApp has said. */
export function untilOf({ state, resumeAt, standing }: StoredAccount): number | null {
  if (state === "restricted") return standing?.timeLock?.until ?? null;
  return resumeAt ?? null;
}

export function accountData(store: AccountStore): AccountData {
  const { state, reason, phone, health } = presentAccount(store);
  return { state, reason, phone, health };
}

export function presentLink(link: StoredLink): LinkAttempt {
  return { ...linkData(link), qr: link.qr, code: link.code };
}

export function linkData(link: StoredLink): LinkData {
  return {
    state: link.state,
    method: link.method,
    expires_at: timeOrNull(link.expiresAt),
    error: reasonOrNull(link.error),
    started_at: time(link.startedAt),
  };
}

/** `estimatedAt`: when it will go out as things stand; else what was said when it was accepted. */
export function presentMessage(
  store: AccountStore,
  message: StoredMessage,
  estimatedAt = message.out?.estimatedAt ?? null,
): Message {
  const state = message.states.at(-1)?.[0] ?? "accepted";
  const { out } = message;
  const isWaiting = state === "accepted" || state === "scheduled";
  return {
    ...messageData(store, message, state, message.error),
    states: message.states.map(([state, at]) => ({ state, at: time(at) })),
    queue_position: isWaiting && out !== null ? out.position : null,
    estimated_at: isWaiting ? timeOrNull(estimatedAt) : null,
  };
}

/** The message as the first answer showed it, whatever became of it since. */
export function presentAccepted(store: AccountStore, message: StoredMessage): Message {
  return presentMessage(store, { ...message, states: message.states.slice(0, 1), error: null });
}

function messageData(
  store: AccountStore,
  message: StoredMessage,
  state: MessageState,
  error: StoredMessage["error"],
): MessageData {
  const account = store.account();
  const { out, direction, address } = message;
  const own = plus(account.phone);
  const other = address;
  const chat = store.chats.find(message.chat)?.n ?? message.chat;
  return {
    id: numberedId("message", account.id, message.n),
    account: account.id,
    chat: numberedId("chat", account.id, chat),
    direction,
    origin: message.origin,
    from: direction === "inbound" ? address : own,
    to: direction === "inbound" ? own : address,
    contact: null,
    type: message.type,
    ...(message.text === null ? {} : { text: { body: message.text } }),
    reply_to: message.replyTo === null ? null : numberedId("message", account.id, message.replyTo),
    state,
    lane: out?.lane ?? null,
    priority: out?.priority ?? null,
    send_at: timeOrNull(out?.sendAt ?? null),
    expires_at: timeOrNull(out?.expiresAt ?? null),
    client_reference: out?.reference ?? null,
    wa_id: message.waId,
    error,
    ...(message.target === undefined
      ? {}
      : { target: numberedId("message", account.id, message.target) }),
    edited_at: timeOrNull(message.editedAt ?? null),
    revoked_at: timeOrNull(message.revokedAt ?? null),
    reactions: (message.reactions ?? []).map(({ isOurs, emoji, at }) => ({
      from: isOurs ? own : other,
      emoji,
      at: time(at),
    })),
    created_at: time(message.createdAt),
  };
}

export function presentChat(store: AccountStore, chat: StoredChat): Chat {
  const { id } = store.account();
  const { last } = chat;
  return {
    id: numberedId("chat", id, chat.n),
    account: id,
    phone: plus(chat.phone),
    lid: chat.lid,
    name: chat.name,
    last_message:
      last === null
        ? null
        : {
            id: numberedId("message", id, last.n),
            direction: last.direction,
            preview: last.preview,
            at: time(last.at),
          },
    unread: chat.unread,
    updated_at: time(chat.updatedAt),
  };
}

/** What a message event says the message's state was: the last part of its type, unless it only changed. */
function stateOf(type: StoredEvent["type"], { states }: StoredMessage): MessageState {
  if (type === "message.edited" || type === "message.revoked") {
    return states.at(-1)?.[0] ?? "accepted";
  }
  return type.slice(type.indexOf(".") + 1) as MessageState;
}

/** Null when the message it is about is gone, which only a damaged store can be. */
export function presentEvent(store: AccountStore, event: StoredEvent): Event | null {
  const { id, tenant } = store.account();
  const envelope = {
    id: numberedId("event", id, event.seq),
    seq: event.seq,
    account: id,
    tenant,
    created_at: time(event.at),
  };
  if (event.n === undefined) {
    // Kind and content were written together by `emitAccount` and `emitLink`.
    return { ...envelope, type: event.type, data: event.content } as Event;
  }
  const message = store.messages.find(event.n);
  if (message === null) return null;
  if (event.type === "message.reaction") {
    return { ...envelope, type: event.type, data: reactionData(store, message, event) };
  }
  const data = messageData(store, message, stateOf(event.type, message), event.error ?? null);
  return { ...envelope, type: event.type, data } as Event;
}

function reactionData(
  store: AccountStore,
  message: StoredMessage,
  { content }: StoredEvent,
): ReactionData {
  const { id, phone } = store.account();
  // Kind and content were written together by `applyAmendment`.
  const { isOurs, emoji } = content as StoredReactionEvent;
  return {
    message: numberedId("message", id, message.n),
    chat: numberedId("chat", id, store.chats.find(message.chat)?.n ?? message.chat),
    from: isOurs ? plus(phone) : message.address,
    emoji,
  };
}
