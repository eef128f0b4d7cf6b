import type { Peer, ReceiptReport } from "@roost/contract/host";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { isPersonJid, peerOf } from "../addresses.ts";

export type Receipt = { waIds: string[]; type: ReceiptReport["type"]; peer: Peer; at: number };

/**
 * What a receipt stanza tells about messages of ours, or null. `inactive` is a delivery to a device
 * nobody looks at; `read-self`, `sender`, `retry` and `peer_msg` are between devices.
 */
export function translateReceipt({ attrs, content }: BinaryNode): Receipt | null {
  const type = typeOf(attrs["type"]);
  const from = attrs["from"];
  // With a recipient the stanza speaks of what another device of ours did.
  if (!type || !from || attrs["recipient"] || attrs["participant"] || !isPersonJid(from)) {
    return null;
  }
  const peer = peerOf(from, attrs["sender_pn"], attrs["sender_lid"]);
  if (!peer) return null;
  const seconds = Number(attrs["t"]);
  return {
    waIds: [attrs["id"], ...listedIds(content)].filter((id) => id !== undefined),
    type,
    peer,
    at: seconds > 0 ? seconds * 1000 : Date.now(),
  };
}

function typeOf(type: string | undefined): Receipt["type"] | null {
  switch (type) {
    case undefined:
    case "":
    case "inactive":
      return "delivered";
    case "read":
      return "read";
    case "played":
      return "played";
    default:
      return null;
  }
}

function listedIds(content: BinaryNode["content"]): (string | undefined)[] {
  const list = Array.isArray(content) ? content.find(({ tag }) => tag === "list") : undefined;
  if (!list || !Array.isArray(list.content)) return [];
  return list.content.filter(({ tag }) => tag === "item").map(({ attrs }) => attrs["id"]);
}
