import { z } from "zod";

/** The prefix of every kind of id, so that a log line says what it is about. */
export const idPrefixes = {
  tenant: "ten",
  user: "usr",
  session: "ses",
  key: "key",
  account: "acc",
  contact: "con",
  lease: "lse",
  request: "req",
} as const;

/** Kinds of ids that are made from time and chance. */
export type IdKind = keyof typeof idPrefixes;

/** An id of one kind: prefix, `_`, 26 characters (ten of time, sixteen of chance). Sorts by time. */
export type Id<K extends IdKind> = `${(typeof idPrefixes)[K]}_${string}`;

/**
 * Things that belong to one account and are numbered there: `msg_` + the account's 26 characters +
 * the number in nine. Any such id finds its owner without a directory.
 */
export const numberedPrefixes = { message: "msg", event: "evt", chat: "cht" } as const;
export type NumberedKind = keyof typeof numberedPrefixes;
export type NumberedId<K extends NumberedKind> = `${(typeof numberedPrefixes)[K]}_${string}`;
export type MessageId = NumberedId<"message">;
export type ChatId = NumberedId<"chat">;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const BODY_LENGTH = 26;
const NUMBER_LENGTH = 9;

/** `value` in Crockford's base 32, `length` characters, padded with zeros. */
export function encodeBase32(value: number, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) {
    text = ALPHABET.charAt(rest % 32) + text;
  }
  return text;
}

/** The number that `encodeBase32` wrote. */
export function decodeBase32(text: string): number {
  let value = 0;
  for (const character of text) value = value * 32 + ALPHABET.indexOf(character);
  return value;
}

/** Bytes as base 32, five bits of each byte: for secrets and ids, never for content. */
export function chanceText(random: Uint8Array): string {
  return Array.from(random, (byte) => ALPHABET.charAt(byte % 32)).join("");
}

/** A fresh id. `random` holds at least sixteen random bytes; clock and chance are arguments. */
export function newId<K extends IdKind>(kind: K, now: number, random: Uint8Array): Id<K> {
  return `${idPrefixes[kind]}_${encodeBase32(now, 10)}${chanceText(random.subarray(0, 16))}`;
}

/** The 26 characters after the prefix. */
export function bodyOf(id: string): string {
  return id.slice(id.indexOf("_") + 1);
}

/** The id of the `number`th thing (1, 2, 3 ...) of an account. */
export function numberedId<K extends NumberedKind>(
  kind: K,
  account: Id<"account">,
  number: number,
): NumberedId<K> {
  return `${numberedPrefixes[kind]}_${bodyOf(account)}${encodeBase32(number, NUMBER_LENGTH)}`;
}

/** Which account a numbered id belongs to, and its number there. */
export function ownerOf(id: NumberedId<NumberedKind>): { account: Id<"account">; number: number } {
  const body = bodyOf(id);
  return {
    account: `acc_${body.slice(0, BODY_LENGTH)}`,
    number: decodeBase32(body.slice(BODY_LENGTH)),
  };
}

function idMessage(kind: IdKind | NumberedKind): string {
  return `must be ${/^[aeio]/.test(kind) ? "an" : "a"} ${kind} id`;
}

/** Schema of an id. The pattern proves the prefix, and that is all `Id` claims, so the cast is sound. */
export function id<K extends IdKind>(kind: K) {
  const pattern = new RegExp(`^${idPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{26}$`);
  return z.string().regex(pattern, idMessage(kind)) as unknown as z.ZodType<Id<K>, string>;
}

/** Schema of a numbered id; sound for the same reason as `id`. */
export function numbered<K extends NumberedKind>(kind: K) {
  const pattern = new RegExp(`^${numberedPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{35}$`);
  return z.string().regex(pattern, idMessage(kind)) as unknown as z.ZodType<NumberedId<K>, string>;
}
