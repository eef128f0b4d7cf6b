import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** SHA-256 of a text, in hex. For things that hold enough chance by themselves, never passwords. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A keyed hash, in hex: without the secret nobody can try out what was hashed. */
export function keyedHash(secret: Uint8Array, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

/** Whether two hashes are equal, in a time that does not depend on where they differ. */
export function isSameHash(one: string, other: string): boolean {
  const a = Buffer.from(one, "hex");
  const b = Buffer.from(other, "hex");
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b);
}
