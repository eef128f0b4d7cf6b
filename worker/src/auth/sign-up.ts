import type { SignUp } from "@roost/contract/auth";
import { eq, isNull, sql } from "drizzle-orm";
import type { System } from "../context.ts";
import { mailTokens } from "../db/mail-tokens.ts";
import { members } from "../db/members.ts";
import { tenants } from "../db/tenants.ts";
import { users } from "../db/users.ts";
import { mailBuckets } from "./limits.ts";
import { existingAccountMail, verifyMail } from "./mail/messages.ts";
import { sendMail } from "./mail/send.ts";
import { hashPassword } from "./password.ts";
import { newToken } from "./session-token.ts";
import { countTry, refuseHeld } from "./throttle.ts";
import { VERIFY_MS } from "./token-lives.ts";
import type { Visitor } from "./visitor.ts";

/**
 * Makes a person, their tenant and their ownership of it, or nothing. The statements are the same for
 * a new address and one that has an account, so that neither the answer nor its time tells them apart;
 * the difference is in the mail.
 */
export async function signUp(
  system: System,
  visitor: Visitor,
  { email, password, organisation }: SignUp,
): Promise<void> {
  const { db, now, config } = system;
  const at = now();
  refuseHeld(await countTry(system, mailBuckets(system, visitor, email)), at);

  const passwordHash = await hashPassword(password, system.random);
  const token = newToken(system.random);
  const userId = system.newId("user");
  const tenantId = system.newId("tenant");
  const isMine = sql`EXISTS (SELECT 1 FROM users WHERE id = ${userId})`;
  const [, , , , , [person]] = await db.batch([
    // Until an address is confirmed anybody may have typed it, so the last to type it is believed.
    db
      .insert(users)
      .values({ id: userId, email, passwordHash, createdAt: at })
      .onConflictDoUpdate({
        target: users.email,
        set: { passwordHash },
        setWhere: isNull(users.verifiedAt),
      }),
    db.update(tenants).set({ name: organisation }).where(sql`id IN (
      SELECT tenant_id FROM members JOIN users ON users.id = members.user_id
      WHERE users.email = ${email} AND users.verified_at IS NULL)`),
    db.insert(tenants).select(sql`SELECT ${tenantId}, ${organisation}, ${at} WHERE ${isMine}`),
    db.insert(members).select(sql`SELECT ${tenantId}, ${userId}, 'owner', ${at} WHERE ${isMine}`),
    db.insert(mailTokens)
      .select(sql`SELECT ${token.hash}, id, 'verify', ${passwordHash}, ${at}, ${at + VERIFY_MS}
        FROM users WHERE email = ${email} AND verified_at IS NULL`),
    db.select({ verifiedAt: users.verifiedAt }).from(users).where(eq(users.email, email)),
  ]);

  const { publicUrl } = config;
  const isNew = person?.verifiedAt === null;
  sendMail(
    system,
    email,
    isNew ? verifyMail(publicUrl, token.text) : existingAccountMail(publicUrl),
  );
}
