import { chanceText } from "@roost/contract/ids";
import { sha256 } from "../lib/crypto.ts";

/** A session ends this long after its login, whatever was done with it. */
export const SESSION_MS = 30 * 24 * 60 * 60 * 1000;
/** `__Host-`: only over https, only this host, only set by it. Browsers count localhost as safe. */
export const SESSION_COOKIE = "__Host-roost_session";

/** Sixty-four characters of five bits: more than 256 bits. The same form serves links in mails. */
const TOKEN_BYTES = 64;

/** A secret for one holder, and the hash that we keep of it. */
export type Token = { text: string; hash: string };

export function newToken(random: (bytes: number) => Uint8Array): Token {
  const text = chanceText(random(TOKEN_BYTES));
  return { text, hash: sha256(text) };
}

/** Sets the cookie of a session, or removes it when there is no token. */
export function sessionCookie(token: string | null): string {
  const rest = "Path=/; Secure; HttpOnly; SameSite=Lax";
  if (token === null) return `${SESSION_COOKIE}=; Max-Age=0; ${rest}`;
  return `${SESSION_COOKIE}=${token}; Max-Age=${SESSION_MS / 1000}; ${rest}`;
}
