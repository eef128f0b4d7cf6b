import type { LogIn, Me } from "@roost/contract/auth";
import { and, eq, gt } from "drizzle-orm";
import type { System } from "../context.ts";
import { knownAddresses } from "../db/known-addresses.ts";
import { members } from "../db/members.ts";
import { sessions } from "../db/sessions.ts";
import { tenants } from "../db/tenants.ts";
import { throttles } from "../db/throttles.ts";
import { users } from "../db/users.ts";
import { AppError } from "../errors.ts";
import { loginBuckets } from "./limits.ts";
import { isPassword, NOBODYS_HASH } from "./password.ts";
import { meColumns, meOf } from "./queries.ts";
import { newToken, SESSION_MS } from "./session-token.ts";
import { endSession, rememberAddress, storedAddress } from "./statements.ts";
import { countTry, refuseHeld, takeBack } from "./throttle.ts";
import type { Visitor } from "./visitor.ts";

/** A person who has just proved who they are, and the session's token for their cookie. */
export type SignedIn = { me: Me; token: string };

/** Two round trips to D1: count and look up, then open the session. */
export async function logIn(
  system: System,
  visitor: Visitor,
  { email, password }: LogIn,
): Promise<SignedIn> {
  const { db, now } = system;
  const at = now();
  const { pair, address, account } = loginBuckets(system, visitor, email);
  const [tries, [person]] = await db.batch([
    countTry(system, [pair, address, account]),
    findPerson(system, visitor, email),
  ]);
  const isKnownHere = person !== undefined && person.knownAddress !== null;
  const counted = tries.filter(({ key }) => key !== account.key || !isKnownHere);
  refuseHeld(counted, at);

  // As much work for a stranger as for somebody we know.
  const isRight = await isPassword(password, person?.passwordHash ?? NOBODYS_HASH);
  if (person === undefined || !isRight) {
    throw new AppError("unauthenticated", "The address or the password is not right.");
  }
  if (person.verifiedAt === null) {
    throw new AppError(
      "forbidden",
      "Confirm your address first: open the link in our mail, or ask for another mail.",
    );
  }

  const token = newToken(system.random);
  const { userId, tenantId } = person;
  await db.batch([
    endSession(system, visitor.sessionToken),
    db.insert(sessions).values({
      tokenHash: token.hash,
      userId,
      tenantId,
      createdAt: at,
      expiresAt: at + SESSION_MS,
    }),
    rememberAddress(system, visitor, userId),
    takeBack(system, [address, account]),
    db.delete(throttles).where(eq(throttles.key, pair.key)),
  ]);
  return { me: meOf(person), token: token.text };
}

function findPerson(system: System, visitor: Visitor, email: string) {
  const { db, now } = system;
  const here = and(
    eq(knownAddresses.userId, users.id),
    eq(knownAddresses.address, storedAddress(system, visitor)),
    gt(knownAddresses.expiresAt, now()),
  );
  return db
    .select({
      ...meColumns,
      passwordHash: users.passwordHash,
      verifiedAt: users.verifiedAt,
      knownAddress: knownAddresses.address,
    })
    .from(users)
    .innerJoin(members, eq(members.userId, users.id))
    .innerJoin(tenants, eq(tenants.id, members.tenantId))
    .leftJoin(knownAddresses, here)
    .where(eq(users.email, email))
    .orderBy(members.createdAt, members.tenantId)
    .limit(1);
}
