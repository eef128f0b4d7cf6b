import type { MissingStanza } from "@roost/contract/host";
import {
  type BinaryNode,
  cleanMessage,
  decodeMessageNode,
  proto,
  unpadRandomMax16,
  type WAMessage,
} from "@whiskeysockets/baileys";
import { isPersonJid, peerOf } from "../addresses.ts";

/** Who we are, as Baileys needs it to say who wrote a message. */
export type Self = { id: string; lid: string };

/** A message stanza of a person, before it is decrypted. */
export type Stanza = {
  node: BinaryNode;
  facts: MissingStanza;
  /** The parts that Signal decrypts. */
  ciphertexts: Uint8Array[];
};

/** What a message stanza says of itself; null for those that hold nothing a person wrote. */
export function readStanza(node: BinaryNode, self: Self): Stanza | null {
  if (node.attrs["category"] === "peer") return null;
  const message = decoded(node, self);
  const { remoteJid: jid, remoteJidAlt, id, fromMe } = message?.key ?? {};
  const peer = peerOf(jid, remoteJidAlt);
  if (!jid || !id || !peer || !isPersonJid(jid)) return null;
  const seconds = Number(message?.messageTimestamp);
  const at = seconds > 0 ? seconds * 1000 : Date.now();
  const parts = Array.isArray(node.content) ? node.content : [];
  const ciphertexts = parts
    .filter(({ tag, attrs }) => tag === "enc" && /^(pk)?msg$/.test(attrs["type"] ?? ""))
    .flatMap(({ content }) => (content instanceof Uint8Array ? [content] : []));
  return { node, ciphertexts, facts: { wa_id: id, jid, peer, from_me: fromMe === true, at } };
}

/** The message that Baileys will make of the stanza, from what was decrypted. */
export function openStanza({ node }: Stanza, padded: Uint8Array, self: Self): WAMessage | null {
  const message = decoded(node, self);
  if (!message) return null;
  const content = proto.Message.decode(unpadRandomMax16(padded));
  message.message = content.deviceSentMessage?.message ?? content;
  cleanMessage(message, self.id, self.lid);
  return message;
}

/** Null for a stanza that Baileys refuses as well. */
function decoded(node: BinaryNode, { id, lid }: Self): WAMessage | null {
  try {
    return decodeMessageNode(node, id, lid).fullMessage;
  } catch {
    return null;
  }
}
