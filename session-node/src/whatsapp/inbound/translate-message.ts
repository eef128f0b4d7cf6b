import type { Peer } from "@roost/contract/host";
import {
  getContentType,
  normalizeMessageContent,
  type proto,
  toNumber,
  type WAMessage,
} from "@whiskeysockets/baileys";
import { isPersonJid, peerOf } from "../addresses.ts";

export type Received = {
  waId: string;
  peer: Peer;
  fromMe: boolean;
  name: string | null;
  type: string;
  text: string | null;
  quotedWaId: string | null;
  at: number;
};

type Content = { type: string; text: string | null; contextInfo?: proto.IContextInfo | null };

/** The message in our words; null for what is not a message of a person, or is told elsewhere. */
export function translateMessage(message: WAMessage): Received | null {
  const { key } = message;
  if (!key.id || !key.remoteJid || !isPersonJid(key.remoteJid)) return null;
  const peer = peerOf(key.remoteJid, key.remoteJidAlt);
  const content = contentOf(message.message);
  if (!peer || !content) return null;
  return {
    waId: key.id,
    peer,
    fromMe: key.fromMe === true,
    name: key.fromMe ? null : (message.pushName ?? null),
    type: content.type,
    text: content.text,
    quotedWaId: content.contextInfo?.stanzaId ?? null,
    at: toNumber(message.messageTimestamp ?? 0) * 1000 || Date.now(),
  };
}

/** What a content says in words, if it does. */
export function textOf(raw: proto.IMessage | null | undefined): string | null {
  return contentOf(raw)?.text ?? null;
}

function contentOf(raw: proto.IMessage | null | undefined): Content | null {
  const message = normalizeMessageContent(raw);
  // Without content it could not be decrypted yet: the phone is asked and it comes once more.
  if (!message) return null;
  const type = getContentType(message);
  switch (type) {
    case undefined:
    case "protocolMessage":
    case "reactionMessage":
    case "encReactionMessage":
    case "pollUpdateMessage":
    case "keepInChatMessage":
    case "pinInChatMessage":
    case "senderKeyDistributionMessage":
    case "messageContextInfo":
      return null;
    case "conversation":
      return { type: "text", text: message.conversation ?? "" };
    case "extendedTextMessage":
      return { ...described("text", message[type]), text: message[type]?.text ?? "" };
    case "imageMessage":
      return described("image", message[type]);
    case "videoMessage":
    case "ptvMessage":
      return described("video", message[type]);
    case "audioMessage":
      return described(message[type]?.ptt ? "voice" : "audio", message[type]);
    case "documentMessage":
      return described("document", message[type]);
    case "stickerMessage":
      return described("sticker", message[type]);
    case "locationMessage":
    case "liveLocationMessage":
      return described("location", message[type]);
    case "contactMessage":
    case "contactsArrayMessage":
      return described("contact", message[type]);
    case "pollCreationMessage":
    case "pollCreationMessageV2":
    case "pollCreationMessageV3":
      return { ...described("poll", message[type]), text: message[type]?.name ?? null };
    default:
      return { type: "unsupported", text: null };
  }
}

function described(
  type: string,
  part: { contextInfo?: proto.IContextInfo | null; caption?: string | null } | null | undefined,
): Content {
  return { type, text: part?.caption ?? null, contextInfo: part?.contextInfo ?? null };
}
