import { createHash } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";

/** A message's content as a person would describe it. */
export type Description = {
  type: string;
  text: string | null;
  details: Record<string, unknown> | null;
};

const { Type } = proto.Message.ProtocolMessage;

/**
 * What is in a message. Wrappers are looked through; what the sandbox does not know keeps the name
 * WhatsApp gives it.
 */
export function describe(message: proto.IMessage): Description {
  const content = unwrap(message);
  return describeText(content) ?? describeMedia(content) ?? describeOther(content);
}

/**
 * The hash by which tests compare content: SHA-256 of the text for a text message, otherwise of the
 * encoded content without `messageContextInfo`, which differs with every attempt to send.
 */
export function contentHash(message: proto.IMessage): string {
  const { type, text } = describe(message);
  if (type === "text" && text !== null) return sha256(text);
  const { messageContextInfo: _, ...content } = unwrap(message);
  return sha256(proto.Message.encode(content).finish());
}

/** The message inside a copy for one's own devices. */
export function unwrap(message: proto.IMessage): proto.IMessage {
  const inner =
    message.deviceSentMessage?.message ??
    message.ephemeralMessage?.message ??
    message.viewOnceMessage?.message ??
    message.viewOnceMessageV2?.message ??
    message.documentWithCaptionMessage?.message ??
    message.editedMessage?.message;
  return inner ? unwrap(inner) : message;
}

function describeText(content: proto.IMessage): Description | null {
  const text = content.conversation || content.extendedTextMessage?.text;
  if (text) {
    const quoted = content.extendedTextMessage?.contextInfo?.stanzaId;
    return { type: "text", text, details: quoted ? { reply_to: quoted } : null };
  }
  const reaction = content.reactionMessage;
  if (reaction) {
    return { type: "reaction", text: reaction.text ?? "", details: { wa_id: reaction.key?.id } };
  }
  return null;
}

function describeMedia(content: proto.IMessage): Description | null {
  for (const type of ["image", "video", "audio", "document", "sticker"] as const) {
    const media = content[`${type}Message`];
    if (!media) continue;
    const caption = "caption" in media ? media.caption : null;
    return { type, text: caption ?? null, details: { mimetype: media.mimetype } };
  }
  return null;
}

function describeOther(content: proto.IMessage): Description {
  const location = content.locationMessage;
  if (location) {
    const { degreesLatitude: latitude, degreesLongitude: longitude, name, address } = location;
    return {
      type: "location",
      text: name ?? null,
      details: { latitude, longitude, name, address },
    };
  }
  const contact = content.contactMessage ?? content.contactsArrayMessage?.contacts?.[0];
  if (contact) {
    const { displayName, vcard } = contact;
    return { type: "contact", text: displayName ?? null, details: { name: displayName, vcard } };
  }
  const poll = content.pollCreationMessage ?? content.pollCreationMessageV3;
  if (poll) {
    const options = poll.options?.map((option) => option.optionName) ?? [];
    return { type: "poll", text: poll.name ?? null, details: { name: poll.name, options } };
  }
  return describeProtocol(content) ?? { type: contentName(content), text: null, details: null };
}

function describeProtocol(content: proto.IMessage): Description | null {
  const protocol = content.protocolMessage;
  if (!protocol) return null;
  const details = { wa_id: protocol.key?.id };
  if (protocol.type === Type.REVOKE) return { type: "revoke", text: null, details };
  if (protocol.editedMessage) {
    return { type: "edit", text: describe(protocol.editedMessage).text, details };
  }
  return { type: "protocol", text: null, details: null };
}

function contentName(content: proto.IMessage): string {
  const name = Object.entries(content).find(
    ([key, value]) => value !== null && value !== undefined && key !== "messageContextInfo",
  )?.[0];
  return name ? name.replace(/Message(V\d+)?$/, "") : "empty";
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
