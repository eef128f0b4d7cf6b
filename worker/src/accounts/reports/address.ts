import type { Peer } from "@roost/contract/host";
import type { StoredChat, StoredMessage } from "../stored.ts";

const LID = "@lid";

/** How a message keeps the person it goes to or came from. */
export function addressOf(peer: Peer): string {
  return peer.phone === null ? `${peer.lid}${LID}` : `+${peer.phone}`;
}

/** The person a message was addressed to, and nothing that was heard of them since. */
export function addressee({ address }: Pick<StoredMessage, "address">): Peer {
  return address.endsWith(LID)
    ? { phone: null, lid: address.slice(0, -LID.length) }
    : { phone: address.replace("+", ""), lid: null };
}

/** Whether the chat's person has this number, in whatever form it was dialled. */
export function hasPhone({ phone, dialled }: StoredChat, asked: string): boolean {
  return phone === asked || dialled.includes(asked);
}

/**
 * Where a message goes: to the address it was written for, whatever became of its chat. The other
 * address is added only while it is the same person's.
 */
export function recipientOf(message: Pick<StoredMessage, "address">, chat: StoredChat): Peer {
  const { phone, lid } = addressee(message);
  if (phone !== null) return { phone, lid: hasPhone(chat, phone) ? chat.lid : null };
  return { phone: chat.lid === lid ? chat.phone : null, lid };
}
