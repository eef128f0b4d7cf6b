import type { Peer } from "@roost/contract/host";
import type { AccountStore } from "./account-store.ts";
import type { StoredChat } from "./stored.ts";

/**
 * The chat with this person, made if there is none. What the peer tells about who it is, is kept; two
 * chats that turn out to be one person's become one, and the older number stays.
 */
export function chatWith(
  store: AccountStore,
  peer: Peer,
  now: number,
  name: string | null = null,
): StoredChat {
  const [first, second] = store.chats.findPeer(peer).sort((a, b) => a.n - b.n);
  if (first === undefined) {
    const chat: StoredChat = {
      n: store.chats.count() + 1,
      phone: peer.phone,
      lid: peer.lid,
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
  if (second !== undefined) return merge(store, first, second, peer);
  const phone = first.phone ?? peer.phone;
  const lid = first.lid ?? peer.lid;
  const isKnown = phone === first.phone && lid === first.lid && (name ?? first.name) === first.name;
  if (isKnown) return first;
  const chat = { ...first, phone, lid, name: name ?? first.name };
  store.change({ kind: "chat", chat });
  return chat;
}

function merge(store: AccountStore, kept: StoredChat, gone: StoredChat, peer: Peer): StoredChat {
  const isNewer = (gone.last?.n ?? 0) > (kept.last?.n ?? 0);
  const chat: StoredChat = {
    ...kept,
    phone: peer.phone ?? kept.phone ?? gone.phone,
    lid: peer.lid ?? kept.lid ?? gone.lid,
    name: kept.name ?? gone.name,
    unread: kept.unread + gone.unread,
    updatedAt: Math.max(kept.updatedAt, gone.updatedAt),
    lastInboundAt: Math.max(kept.lastInboundAt ?? 0, gone.lastInboundAt ?? 0) || null,
    last: isNewer ? gone.last : kept.last,
    tails: [...kept.tails, ...gone.tails].sort((a, b) => b - a),
  };
  store.change({ kind: "chat", chat: { ...gone, mergedInto: kept.n } });
  store.change({ kind: "chat", chat });
  return chat;
}
