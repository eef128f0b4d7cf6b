import { type BinaryNode, jidDecode } from "@whiskeysockets/baileys";

type Me = { id?: string | undefined; lid?: string | undefined } | undefined;

/** Stanzas that only a device of a person makes; notifications WhatsApp may send by itself. */
export const FROM_DEVICES = ["CB:message", "CB:receipt", "CB:presence", "CB:chatstate"];

/** Whether a stanza comes from the phone that our device is linked to, which is device 0. */
export function isFromOwnPhone({ attrs }: BinaryNode, me: Me): boolean {
  const own = new Set([me?.id, me?.lid].flatMap((jid) => jidDecode(jid)?.user ?? []));
  return [attrs["from"], attrs["participant"]].some((jid) => {
    const sender = jidDecode(jid);
    return sender !== undefined && own.has(sender.user) && (sender.device ?? 0) === 0;
  });
}
