import { scrypt, timingSafeEqual } from "node:crypto";

/** What one hash costs: 16 MiB and about 130 ms. Written into each hash, so it can be raised. */
const COST = { logN: 14, r: 8, p: 5 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MAX_MEMORY = 64 * 1024 * 1024;

/** Compared with when there is no such person, so that a login takes as long as with one. */
export const NOBODYS_HASH =
  "scrypt$14$8$5$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/** `scrypt$<log2 N>$<r>$<p>$<salt>$<hash>` */
export async function hashPassword(
  password: string,
  random: (bytes: number) => Uint8Array,
): Promise<string> {
  const salt = Buffer.from(random(SALT_BYTES));
  const hash = await derive(password, salt, COST);
  const { logN, r, p } = COST;
  return `scrypt$${logN}$${r}$${p}$${salt.toString("base64")}$${hash.toString("base64")}`;
}

/** Whether the password made this hash. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [, logN, r, p, salt, hash] = stored.split("$");
  const expected = Buffer.from(hash ?? "", "base64");
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt ?? "", "base64"), cost);
  return expected.length === HASH_BYTES && timingSafeEqual(derived, expected);
}

function derive(
  password: string,
  salt: Buffer,
  { logN, r, p }: { logN: number; r: number; p: number },
): Promise<Buffer> {
  // The same letters typed on another keyboard may come in another form.
  const text = password.normalize("NFKC");
  const options = { N: 2 ** logN, r, p, maxmem: MAX_MEMORY };
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, options, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
}
