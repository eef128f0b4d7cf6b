import { createHash } from "node:crypto";
import { jidDecode } from "@whiskeysockets/baileys";

export type Addressing = "pn" | "lid";

/** A user's two addresses: the phone number and the hidden one WhatsApp made up for it. */
export type Addressed = { readonly number: string; readonly lid: string };

export type ParsedJid = { user: string; kind: Addressing | "group" | "other"; device: number };

/** The server itself, as Baileys writes it. */
export const SERVER = "@s.whatsapp.net";

const KINDS: Record<string, ParsedJid["kind"]> = {
  "s.whatsapp.net": "pn",
  "c.us": "pn",
  lid: "lid",
  "g.us": "group",
};

/** `number@s.whatsapp.net`, with the device unless it is the phone. */
export function pnJid({ number }: Addressed, device = 0): string {
  return `${number}${device ? `:${device}` : ""}@s.whatsapp.net`;
}

/** `lid@lid`, with the device unless it is the phone. */
export function lidJid({ lid }: Addressed, device = 0): string {
  return `${lid}${device ? `:${device}` : ""}@lid`;
}

/** The address of the wanted kind. */
export function jidOf(user: Addressed, addressing: Addressing, device = 0): string {
  return addressing === "lid" ? lidJid(user, device) : pnJid(user, device);
}

/** Takes a JID apart; undefined when it is none. */
export function parseJid(jid: string | undefined): ParsedJid | undefined {
  const decoded = jidDecode(jid);
  if (!decoded) return undefined;
  const { user, server, device } = decoded;
  return { user, kind: KINDS[server] ?? "other", device: device ?? 0 };
}

/** Which kind of address this JID is; a phone number unless it is a LID. */
export function addressingOf(jid: string): Addressing {
  return parseJid(jid)?.kind === "lid" ? "lid" : "pn";
}

/** The LID of a number: always the same, and not to be guessed from its look. */
export function lidOf(number: string): string {
  const digest = createHash("sha256").update(`lid ${number}`).digest();
  return `1${(digest.readBigUInt64BE(0) % 10n ** 13n).toString().padStart(13, "0")}`;
}
