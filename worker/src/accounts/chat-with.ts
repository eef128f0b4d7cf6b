import type { Peer } from "@roost/contract/host";
import type { AccountStore } from "./account-store.ts";
import type { StoredChat } from "./stored.ts";

/** The chat with this person, made if there is none. What the peer tells of itself is kept. */
export function chatWith(
  store: AccountStore,
  peer: Peer,
  now: number,
  name: string | null = null,
): StoredChat {
  const [first] = store.chats.findPeer(peer).sort((a, b) => a.n - b.n);
  if (first !== undefined) return learn(store, first, peer, name);
  const chat: StoredChat = {
    n: store.chats.count() + 1,
    phone: peer.phone,
    lid: peer.lid,
    dialled: [],
    name,
    unread: 0,
    updatedAt: now,
    lastInboundAt: null,
    last: null,
    tails: [],
    mergedInto: null,
  };
  store.change({ kind: "chat", chat });
  return chat;
}

/**
 * Keeps what is heard about the person behind a chat: another address, a name. WhatsApp may know a
 * number in another form than it was dialled in; both lead here from then on. Chats that turn out to
 * be one person's become one, and the older id stays.
 */
export function learn(
  store: AccountStore,
  chat: StoredChat,
  peer: Peer,
  name: string | null = null,
): StoredChat {
  const others = store.chats.findPeer(peer).filter((other) => other.n !== chat.n);
  let known = chat;
  for (const other of others) known = merge(store, known, other);

  const phone = peer.phone ?? known.phone;
  const isOtherForm = known.phone !== null && phone !== known.phone;
  const dialled =
    isOtherForm && known.phone !== null && !known.dialled.includes(known.phone)
      ? [...known.dialled, known.phone]
      : known.dialled;
  const learned = {
    ...known,
    phone,
    dialled,
    lid: peer.lid ?? known.lid,
    name: name ?? known.name,
  };
  const isNews =
    learned.phone !== known.phone || learned.lid !== known.lid || learned.name !== known.name;
  if (!isNews) return known;
  store.change({ kind: "chat", chat: learned });
  return learned;
}

function merge(store: AccountStore, a: StoredChat, b: StoredChat): StoredChat {
  const [kept, gone] = a.n < b.n ? [a, b] : [b, a];
  const isNewer = (gone.last?.n ?? 0) > (kept.last?.n ?? 0);
  const chat: StoredChat = {
    ...kept,
    phone: kept.phone ?? gone.phone,
    lid: kept.lid ?? gone.lid,
    dialled: [...new Set([...kept.dialled, ...gone.dialled, ...(gone.phone ? [gone.phone] : [])])],
    name: kept.name ?? gone.name,
    unread: kept.unread + gone.unread,
    updatedAt: Math.max(kept.updatedAt, gone.updatedAt),
    lastInboundAt: Math.max(kept.lastInboundAt ?? 0, gone.lastInboundAt ?? 0) || null,
    last: isNewer ? gone.last : kept.last,
    tails: [...kept.tails, ...gone.tails].sort((x, y) => y - x),
  };
  store.change({ kind: "chat", chat: { ...gone, mergedInto: kept.n } });
  store.change({ kind: "chat", chat });
  return chat;
}
