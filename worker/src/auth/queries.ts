import type { Id } from "@roost/contract/ids";
import { and, eq, gt } from "drizzle-orm";
import type { Principal, System } from "../context.ts";
import { members } from "../db/members.ts";
import { sessions } from "../db/sessions.ts";
import { tenants } from "../db/tenants.ts";
import { users } from "../db/users.ts";
import { sha256 } from "../lib/crypto.ts";
import { scopesOf } from "./role-scopes.ts";
import type { Me } from "@roost/contract/auth";

/** A signed-in member: who asks, and what the session says of them. */
export type Member = { principal: Principal; me: Me };

/** The member behind a session's token, in one statement. Null when it is unknown or over. */
export async function findMember(
  { db, now }: Pick<System, "db" | "now">,
  token: string,
): Promise<Member | null> {
  const [row] = await db
    .select(meColumns)
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(
      members,
      and(eq(members.tenantId, sessions.tenantId), eq(members.userId, sessions.userId)),
    )
    .innerJoin(tenants, eq(tenants.id, sessions.tenantId))
    .where(and(eq(sessions.tokenHash, sha256(token)), gt(sessions.expiresAt, now())));
  return row === undefined ? null : { principal: principalOf(row), me: meOf(row) };
}

/**
 * What `me` is made of, for any statement that joins the three tables. No two columns have one name:
 * in a batch D1 answers rows by name, and the second would hide the first.
 */
export const meColumns = {
  userId: members.userId,
  email: users.email,
  isPlatformAdmin: users.isPlatformAdmin,
  tenantId: members.tenantId,
  tenantName: tenants.name,
  role: members.role,
};

type MeRow = {
  userId: Id<"user">;
  email: string;
  isPlatformAdmin: boolean;
  tenantId: Id<"tenant">;
  tenantName: string;
  role: Me["role"];
};

export function meOf(row: MeRow): Me {
  return {
    user: { id: row.userId, email: row.email },
    tenant: { id: row.tenantId, name: row.tenantName },
    role: row.role,
    is_platform_admin: row.isPlatformAdmin,
  };
}

function principalOf({ tenantId, userId, role }: MeRow): Principal {
  return { tenantId, actor: userId, scopes: scopesOf(role), accounts: null, role };
}
