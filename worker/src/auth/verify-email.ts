import { and, eq, isNull, sql } from "drizzle-orm";
import type { System } from "../context.ts";
import { mailTokens } from "../db/mail-tokens.ts";
import { members } from "../db/members.ts";
import { sessions } from "../db/sessions.ts";
import { tenants } from "../db/tenants.ts";
import { users } from "../db/users.ts";
import { AppError } from "../errors.ts";
import { sha256 } from "../lib/crypto.ts";
import type { SignedIn } from "./log-in.ts";
import { meColumns, meOf } from "./queries.ts";
import { newToken, SESSION_MS } from "./session-token.ts";
import { endSession, rememberReader } from "./statements.ts";
import type { Visitor } from "./visitor.ts";

/**
 * Confirms the address that a link was sent to and logs its reader in, in one batch: of several uses
 * at once the first takes the link's row with it, and the others find nothing.
 */
export async function verifyEmail(
  system: System,
  visitor: Visitor,
  linkToken: string,
): Promise<SignedIn> {
  const { db, now } = system;
  const at = now();
  const token = newToken(system.random);
  const link = sql`SELECT user_id FROM mail_tokens
    WHERE token_hash = ${sha256(linkToken)} AND purpose = 'verify' AND expires_at > ${at}`;
  const [, , , , [person]] = await db.batch([
    // Each mail opens the account with the password of the sign-up that it answers.
    db
      .update(users)
      .set({
        verifiedAt: at,
        passwordHash: sql`coalesce((SELECT password_hash FROM mail_tokens
          WHERE token_hash = ${sha256(linkToken)}), ${users.passwordHash})`,
      })
      .where(and(sql`id = (${link})`, isNull(users.verifiedAt))),
    db.insert(sessions)
      .select(sql`SELECT ${token.hash}, tenant_id, user_id, ${at}, ${at + SESSION_MS}
      FROM members WHERE user_id = (${link}) ORDER BY created_at LIMIT 1`),
    rememberReader(system, visitor, link),
    // The links of other sign-ups with this address would set other passwords.
    db.delete(mailTokens).where(sql`user_id = (${link})`),
    db
      .select(meColumns)
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .innerJoin(
        members,
        and(eq(members.tenantId, sessions.tenantId), eq(members.userId, sessions.userId)),
      )
      .innerJoin(tenants, eq(tenants.id, sessions.tenantId))
      .where(eq(sessions.tokenHash, token.hash)),
    endSession(system, visitor.sessionToken),
  ]);
  if (person === undefined) {
    throw new AppError(
      "token_invalid",
      "This link was used already or is too old. Ask for another.",
    );
  }
  return { me: meOf(person), token: token.text };
}
