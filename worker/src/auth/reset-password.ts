import { and, eq, gt, sql } from "drizzle-orm";
import type { System } from "../context.ts";
import { mailTokens } from "../db/mail-tokens.ts";
import { sessions } from "../db/sessions.ts";
import { users } from "../db/users.ts";
import { AppError } from "../errors.ts";
import { sha256 } from "../lib/crypto.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { tokenBuckets } from "./limits.ts";
import { passwordChangedMail } from "./mail/messages.ts";
import { sendMail } from "./mail/send.ts";
import { hashPassword } from "./password.ts";
import { rememberReader } from "./statements.ts";
import { countTry, refuseHeld } from "./throttle.ts";
import type { Visitor } from "./visitor.ts";

/**
 * Sets a new password, ends every session, and confirms the address, since the link was in its mail.
 * From here on the person is known at this address, so that strangers' guesses do not hold them up.
 */
export async function resetPassword(
  system: System,
  visitor: Visitor,
  { token, password }: { token: string; password: string },
): Promise<void> {
  const { db, now, config } = system;
  const at = now();
  const tokenHash = sha256(token);
  const [tries, [owner]] = await db.batch([
    countTry(system, tokenBuckets(system, visitor)),
    db
      .select({ email: users.email })
      .from(mailTokens)
      .innerJoin(users, eq(users.id, mailTokens.userId))
      .where(
        and(
          eq(mailTokens.tokenHash, tokenHash),
          eq(mailTokens.purpose, "reset"),
          gt(mailTokens.expiresAt, at),
        ),
      ),
  ]);
  refuseHeld(tries, at);
  if (owner === undefined) throw usedUp();

  const passwordHash = await hashPassword(password, system.random);
  const link = sql`SELECT user_id FROM mail_tokens
    WHERE token_hash = ${tokenHash} AND purpose = 'reset' AND expires_at > ${at}`;
  const [, ended, , used] = await db.batch([
    db
      .update(users)
      .set({ passwordHash, verifiedAt: sql`coalesce(${users.verifiedAt}, ${at})` })
      .where(sql`id = (${link})`),
    db
      .delete(sessions)
      .where(sql`user_id = (${link})`)
      .returning({ tenantId: sessions.tenantId, userId: sessions.userId }),
    rememberReader(system, visitor, link),
    // All links of the person: an older one must not undo what the new password is for.
    db
      .delete(mailTokens)
      .where(sql`user_id = (${link})`)
      .returning({ userId: mailTokens.userId }),
  ]);
  if (used.length === 0) throw usedUp();
  const places = new Map(ended.map((session) => [session.tenantId, session.userId]));
  for (const [tenantId, userId] of places)
    await tenantStub(system.env, tenantId).endStreams(userId);
  sendMail(system, owner.email, passwordChangedMail(config.publicUrl));
}

function usedUp(): AppError {
  return new AppError(
    "token_invalid",
    "This link was used already or is too old. Ask for another.",
  );
}
