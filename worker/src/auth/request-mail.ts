import { sql } from "drizzle-orm";
import type { System } from "../context.ts";
import { mailTokens } from "../db/mail-tokens.ts";
import { mailBuckets } from "./limits.ts";
import { resetMail, verifyMail } from "./mail/messages.ts";
import { sendMail } from "./mail/send.ts";
import { newToken } from "./session-token.ts";
import { countTry, refuseHeld } from "./throttle.ts";
import { RESET_MS, VERIFY_MS } from "./token-lives.ts";
import type { Visitor } from "./visitor.ts";

/** Sends another link to confirm the address, if there is somebody who needs one. */
export async function resendVerification(
  system: System,
  visitor: Visitor,
  email: string,
): Promise<void> {
  const at = system.now();
  refuseHeld(await countTry(system, mailBuckets(system, visitor, email)), at);
  const token = newToken(system.random);
  const made = await system.db
    .insert(mailTokens)
    .select(sql`SELECT ${token.hash}, id, 'verify', password_hash, ${at}, ${at + VERIFY_MS}
      FROM users WHERE email = ${email} AND verified_at IS NULL`)
    .returning({ userId: mailTokens.userId });
  if (made.length > 0) sendMail(system, email, verifyMail(system.config.publicUrl, token.text));
}

/**
 * Sends a link to choose a new password, if there is such an account. Earlier links keep working until
 * they expire: otherwise a stranger could ask again and again and make each one useless.
 */
export async function requestReset(system: System, visitor: Visitor, email: string): Promise<void> {
  const at = system.now();
  refuseHeld(await countTry(system, mailBuckets(system, visitor, email)), at);
  const token = newToken(system.random);
  const made = await system.db
    .insert(mailTokens)
    .select(sql`SELECT ${token.hash}, id, 'reset', NULL, ${at}, ${at + RESET_MS}
      FROM users WHERE email = ${email}`)
    .returning({ userId: mailTokens.userId });
  if (made.length > 0) sendMail(system, email, resetMail(system.config.publicUrl, token.text));
}
