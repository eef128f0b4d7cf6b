import type { Id } from "@roost/contract/ids";
import { eq, type SQL, sql } from "drizzle-orm";
import type { System } from "../context.ts";
import { knownAddresses } from "../db/known-addresses.ts";
import { sessions } from "../db/sessions.ts";
import { keyedHash, sha256 } from "../lib/crypto.ts";
import { KNOWN_ADDRESS_MS } from "./token-lives.ts";
import type { Visitor } from "./visitor.ts";

/** Ends the session whose token the browser still holds, since it gets a new one. */
export function endSession({ db }: Pick<System, "db">, token: string | null) {
  return db.delete(sessions).where(eq(sessions.tokenHash, sha256(token ?? "")));
}

/** An address as it is stored: a keyed hash. */
export function storedAddress({ config }: Pick<System, "config">, { address }: Visitor): string {
  return keyedHash(config.hostSecret, `known address ${address}`);
}

const renewed = {
  target: [knownAddresses.userId, knownAddresses.address],
  set: { expiresAt: sql`excluded.expires_at` },
};

/** Remembers that a person proved here who they are. */
export function rememberAddress(system: System, visitor: Visitor, userId: Id<"user">) {
  const expiresAt = system.now() + KNOWN_ADDRESS_MS;
  return system.db
    .insert(knownAddresses)
    .values({ userId, address: storedAddress(system, visitor), expiresAt })
    .onConflictDoUpdate(renewed);
}

/** The same for whoever a link belongs to; `link` selects their `user_id`, or nothing. */
export function rememberReader(system: System, visitor: Visitor, link: SQL) {
  const expiresAt = system.now() + KNOWN_ADDRESS_MS;
  return system.db
    .insert(knownAddresses)
    .select(sql`SELECT user_id, ${storedAddress(system, visitor)}, ${expiresAt}
      FROM (${link}) WHERE true`)
    .onConflictDoUpdate(renewed);
}
