import type { Peer } from "@roost/contract/host";

/** What the text in `to` stands for. `address` is how answers show it. */
export type Recipient =
  | { kind: "person"; peer: Peer; address: string }
  | { kind: "group" }
  | { kind: "contact" }
  | { kind: "invalid" };

const PHONE = /^\+?([1-9]\d{6,14})$/;
const PHONE_JID = /^([1-9]\d{6,14})(?::\d{1,3})?@(?:s\.whatsapp\.net|c\.us)$/;
const LID_JID = /^(\d{5,20})(?::\d{1,3})?@lid$/;
const GROUP_JID = /^[\d-]{5,40}@g\.us$/;
const CONTACT = /^con_[0-9a-hjkmnp-tv-z]{26}$/;

/** Reads a recipient as people write it: spaces, dashes, dots and parentheses do not matter. */
export function readRecipient(text: string): Recipient {
  const [, phone] = PHONE.exec(text.replace(/[\s().-]/g, "")) ?? PHONE_JID.exec(text) ?? [];
  if (phone !== undefined) {
    return { kind: "person", peer: { phone, lid: null }, address: `+${phone}` };
  }
  const [, lid] = LID_JID.exec(text) ?? [];
  if (lid !== undefined) {
    return { kind: "person", peer: { phone: null, lid }, address: `${lid}@lid` };
  }
  if (GROUP_JID.test(text)) return { kind: "group" };
  if (CONTACT.test(text)) return { kind: "contact" };
  return { kind: "invalid" };
}
