import { proto } from "@whiskeysockets/baileys";
import { jidOf } from "../network/addresses.ts";
import type { Phone } from "../network/phone.ts";
import type { PhoneMessage } from "../storage/messages.ts";
import { Problem } from "./problem.ts";
import type { SendMessage } from "./schemas.ts";

/** The message that the control API's caller describes. */
export function contentOf({ text, location, contact, ...rest }: SendMessage): proto.IMessage {
  if (text !== undefined) return { conversation: text };
  if (location) {
    const { latitude, longitude, name = null, address = null } = location;
    return {
      locationMessage: {
        degreesLatitude: latitude,
        degreesLongitude: longitude,
        name,
        address,
      },
    };
  }
  if (contact) {
    const vcard = [
      "BEGIN:VCARD",
      "VERSION:3.0",
      `FN:${contact.name}`,
      `TEL;type=CELL;waid=${contact.phone}:+${contact.phone}`,
      "END:VCARD",
    ].join("\n");
    return { contactMessage: { displayName: contact.name, vcard } };
  }
  const kind = Object.keys(rest).find((key) => !["to", "addressing", "corrupt"].includes(key));
  throw new Problem(501, `The sandbox does not simulate messages of type ${kind} yet.`);
}

/** A new text for a message that this phone has sent. */
export function editOf(message: PhoneMessage, chat: Phone, text: string): proto.IMessage {
  const protocolMessage = {
    key: ownKey(message, chat),
    type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT,
    editedMessage: { conversation: text },
    timestampMs: Date.now(),
  };
  return { editedMessage: { message: { protocolMessage } } };
}

/** Takes a message back that this phone has sent, for everybody. */
export function revocationOf(message: PhoneMessage, chat: Phone): proto.IMessage {
  const { REVOKE } = proto.Message.ProtocolMessage.Type;
  return { protocolMessage: { key: ownKey(message, chat), type: REVOKE } };
}

function ownKey(message: PhoneMessage, chat: Phone): proto.IMessageKey {
  return { remoteJid: jidOf(chat, message.addressing), fromMe: true, id: message.wa_id };
}

/** A reaction, as seen by whoever reacts; an empty emoji takes it back. */
export function reactionTo(message: PhoneMessage, chat: Phone, emoji: string): proto.IMessage {
  return {
    reactionMessage: {
      key: {
        remoteJid: jidOf(chat, message.addressing),
        fromMe: message.direction === "out",
        id: message.wa_id,
      },
      text: emoji,
      senderTimestampMs: Date.now(),
    },
  };
}
