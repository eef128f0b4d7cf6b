import { lte, sql } from "drizzle-orm";
import type { System } from "../context.ts";
import { knownAddresses } from "../db/known-addresses.ts";
import { mailTokens } from "../db/mail-tokens.ts";
import { sessions } from "../db/sessions.ts";
import { tenants } from "../db/tenants.ts";
import { throttles } from "../db/throttles.ts";
import { users } from "../db/users.ts";
import { UNVERIFIED_MS } from "./token-lives.ts";

/** Deletes what has expired, and sign-ups that nobody confirmed, with the tenants they made. */
export async function cleanIdentity({ db, now }: Pick<System, "db" | "now">): Promise<void> {
  const at = now();
  const isAbandoned = sql`verified_at IS NULL AND users.created_at <= ${at - UNVERIFIED_MS}`;
  await db.batch([
    db.delete(sessions).where(lte(sessions.expiresAt, at)),
    db.delete(mailTokens).where(lte(mailTokens.expiresAt, at)),
    db.delete(throttles).where(lte(throttles.forgetAt, at)),
    db.delete(knownAddresses).where(lte(knownAddresses.expiresAt, at)),
    db.delete(tenants).where(sql`id IN (
      SELECT tenant_id FROM members JOIN users ON users.id = members.user_id WHERE ${isAbandoned})`),
    db.delete(users).where(isAbandoned),
  ]);
}
