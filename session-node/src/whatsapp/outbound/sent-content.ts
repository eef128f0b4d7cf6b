import type { LeasedMessage } from "@roost/contract/host";
import { proto } from "@whiskeysockets/baileys";

const { Type } = proto.Message.ProtocolMessage;

/** A message as it was sent, for a phone that could not read it and asks to have it again. */
export function sentContent(
  { type, text, target }: Pick<LeasedMessage, "type" | "text" | "target">,
  jid: string | null | undefined,
): proto.IMessage {
  const written = { extendedTextMessage: { text } };
  if (type === "text" || !target) return written;
  const key = { ...(jid && { remoteJid: jid }), id: target.wa_id, fromMe: true };
  return type === "edit"
    ? { protocolMessage: { key, type: Type.MESSAGE_EDIT, editedMessage: written } }
    : { protocolMessage: { key, type: Type.REVOKE } };
}
