import type { Peer } from "@roost/contract/host";
import { isLidUser, isPnUser, jidDecode } from "@whiskeysockets/baileys";

/** The person behind the addresses of a stanza, which may name them by phone number, by LID or by both. */
export function peerOf(...jids: (string | null | undefined)[]): Peer | null {
  let phone: string | null = null;
  let lid: string | null = null;
  for (const jid of jids) {
    if (!jid) continue;
    const user = jidDecode(jid)?.user ?? null;
    if (isPnUser(jid)) phone ??= user;
    else if (isLidUser(jid)) lid ??= user;
  }
  return phone === null && lid === null ? null : { phone, lid };
}

/** Where to send: the phone number if it is known, as WhatsApp's own clients do. */
export function jidOf(peer: Peer): string {
  return peer.phone === null ? `${peer.lid ?? ""}@lid` : `${peer.phone}@s.whatsapp.net`;
}

/** Chats with people; groups, status, newsletters and the like are not served yet. */
export function isPersonJid(jid: string): boolean {
  return Boolean(isPnUser(jid)) || Boolean(isLidUser(jid));
}
