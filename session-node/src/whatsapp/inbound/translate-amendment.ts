import type { Peer } from "@roost/contract/host";
import { normalizeMessageContent, proto, toNumber, type WAMessage } from "@whiskeysockets/baileys";
import { isPersonJid, peerOf } from "../addresses.ts";
import { textOf } from "./translate-message.ts";

const { Type } = proto.Message.ProtocolMessage;

type About = {
  /** The message it is about, and the stanza that says so. */
  waId: string;
  stanzaId: string;
  peer: Peer;
  fromMe: boolean;
  at: number;
};

/** What a person does to a message that was written before. */
export type Amendment =
  | (About & { kind: "edited"; text: string | null })
  | (About & { kind: "revoked" })
  | (About & { kind: "reaction"; toOurs: boolean; emoji: string | null });

/** The edit, the revocation or the reaction that this message is; null when it is none. */
export function translateAmendment({ key, ...message }: WAMessage): Amendment | null {
  if (!key.id || !key.remoteJid || !isPersonJid(key.remoteJid)) return null;
  const peer = peerOf(key.remoteJid, key.remoteJidAlt);
  const content = normalizeMessageContent(message.message);
  if (!peer || !content) return null;
  const { protocolMessage: protocol, reactionMessage: reaction } = content;
  const waId = (protocol ?? reaction)?.key?.id;
  if (!waId) return null;
  const about: About = {
    waId,
    stanzaId: key.id,
    peer,
    fromMe: key.fromMe === true,
    at: toNumber(message.messageTimestamp ?? 0) * 1000 || Date.now(),
  };
  if (reaction) {
    const toOurs = reaction.key?.fromMe === true;
    return { kind: "reaction", ...about, toOurs, emoji: reaction.text || null };
  }
  if (protocol?.type === Type.REVOKE) return { kind: "revoked", ...about };
  if (protocol?.type === Type.MESSAGE_EDIT) {
    return { kind: "edited", ...about, text: textOf(protocol.editedMessage) };
  }
  return null;
}
