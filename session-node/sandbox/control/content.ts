import type { proto } from "@whiskeysockets/baileys";
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
