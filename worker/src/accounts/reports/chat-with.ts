import type { Peer } from "@roost/contract/host";
import type { AccountStore } from "../account-store.ts";
import { hasPhone } from "./address.ts";
import type { StoredChat } from "../stored.ts";

/** What is heard of a person besides the addresses. */
type Heard = {
  /** The name they gave themselves. */
  name?: string | null;
  /** The number that was dialled when WhatsApp was asked who this is. */
  dialled?: string | null;
};

/** The chat with this person, made if there is none. What the peer tells of itself is kept. */
export function chatWith(
  store: AccountStore,
  peer: Peer,
  now: number,
  name: string | null = null,
): StoredChat {
  partFromStrangers(store, peer, peer.phone);
  const [first] = store.chats.findPeer(peer).sort((a, b) => a.n - b.n);
  if (first !== undefined) return learn(store, first, peer, { name });
  const chat: StoredChat = {
    n: store.chats.count() + 1,
    phone: peer.phone,
    lid: peer.lid,
    dialled: [],
    name,
    unread: 0,
    updatedAt: now,
    lastInboundAt: null,
    begunAt: null,
    last: null,
    tails: [],
    mergedInto: null,
  };
  store.change({ kind: "chat", chat });
  return chat;
}

/**
 * Keeps what WhatsApp answered when a message's number was looked up: it may know the number in
 * another form than it was dialled in, and both lead to the chat from then on.
 */
export function learnLookedUp(
  store: AccountStore,
  chat: StoredChat,
  peer: Peer,
  dialled: string | null,
): void {
  for (const phone of [peer.phone, dialled]) partFromStrangers(store, peer, phone);
  const known = isStranger(chat, peer) ? store.chats.findPeer(peer)[0] : store.chats.find(chat.n);
  if (known !== undefined && known !== null) learn(store, known, peer, { dialled });
}

/** Chats that turn out to be one person's become one, and the older id stays. */
function learn(store: AccountStore, chat: StoredChat, peer: Peer, heard: Heard): StoredChat {
  const { name = null, dialled = null } = heard;
  const others = [peer, { phone: dialled, lid: null }].flatMap((who) => store.chats.findPeer(who));
  let known = chat;
  for (const { n } of others) {
    const other = store.chats.find(n);
    if (other !== null && other.n !== known.n) known = merge(store, known, other);
  }
  const phone = peer.phone ?? known.phone;
  const forms = new Set(dialled === null ? known.dialled : [...known.dialled, dialled]);
  const learned: StoredChat = {
    ...known,
    phone,
    dialled: [...forms].filter((form) => form !== phone),
    lid: peer.lid ?? known.lid,
    name: name ?? known.name,
  };
  const isNews =
    learned.phone !== known.phone ||
    learned.lid !== known.lid ||
    learned.name !== known.name ||
    learned.dialled.length !== known.dialled.length;
  if (!isNews) return known;
  store.change({ kind: "chat", chat: learned });
  return learned;
}

/** Whether the chat is surely another person's, though a number may have led to it. */
export function isStranger(chat: StoredChat, peer: Peer): boolean {
  return chat.lid !== null && peer.lid !== null && chat.lid !== peer.lid;
}

/** A LID is one person's for ever, a number is not: its new owner must not get the old one's chat. */
function partFromStrangers(store: AccountStore, peer: Peer, phone: string | null): void {
  if (phone === null) return;
  for (const chat of store.chats.findPeer({ phone, lid: null })) {
    if (!isStranger(chat, peer) || !hasPhone(chat, phone)) continue;
    const dialled = chat.dialled.filter((form) => form !== phone);
    const left = { ...chat, phone: chat.phone === phone ? null : chat.phone, dialled };
    store.change({ kind: "chat", chat: left });
  }
}

/** One of the two being begun is enough; absent means that it was begun before this was kept. */
function begunOf({ begunAt: a }: StoredChat, { begunAt: b }: StoredChat) {
  if (a === undefined || b === undefined) return { begunAt: 0 };
  return { begunAt: a === null || b === null ? (a ?? b) : Math.min(a, b) };
}

function merge(store: AccountStore, a: StoredChat, b: StoredChat): StoredChat {
  const [kept, gone] = a.n < b.n ? [a, b] : [b, a];
  const isNewer = (gone.last?.n ?? 0) > (kept.last?.n ?? 0);
  const chat: StoredChat = {
    ...kept,
    // The number of the one whose LID is known is how WhatsApp knows it.
    phone: (kept.lid === null ? gone.phone : kept.phone) ?? kept.phone ?? gone.phone,
    lid: kept.lid ?? gone.lid,
    dialled: [...new Set([...kept.dialled, ...gone.dialled])],
    name: kept.name ?? gone.name,
    unread: kept.unread + gone.unread,
    updatedAt: Math.max(kept.updatedAt, gone.updatedAt),
    lastInboundAt: Math.max(kept.lastInboundAt ?? 0, gone.lastInboundAt ?? 0) || null,
    ...begunOf(kept, gone),
    last: isNewer ? gone.last : kept.last,
    tails: [...kept.tails, ...gone.tails].sort((x, y) => y - x),
  };
  store.change({ kind: "chat", chat: { ...gone, mergedInto: kept.n } });
  store.change({ kind: "chat", chat });
  return chat;
}
