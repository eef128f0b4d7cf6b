import { and, eq, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { accounts } from "../db/accounts.ts";
import type { AccountStore } from "./account-store.ts";
import type { StoredAccount } from "./stored.ts";

/** What the directory shows of the account, as it is now. */
export type Projection = typeof accounts.$inferInsert;

export function projectionOf(store: AccountStore): Projection {
  const account = store.account();
  return {
    tenantId: account.tenant,
    id: account.id,
    name: account.name,
    state: account.state,
    reason: account.reason,
    phone: account.phone,
    health: store.health().score,
    queueState: account.queue.state,
    connectedAt: account.connectedAt,
    createdAt: account.createdAt,
    version: account.version,
  };
}

/** Writes the directory's row, unless it already holds a newer state. */
export async function writeProjection(d1: D1Database, row: Projection): Promise<void> {
  const { tenantId: _tenant, id: _id, createdAt: _created, ...changing } = row;
  await drizzle(d1)
    .insert(accounts)
    .values(row)
    .onConflictDoUpdate({
      target: [accounts.tenantId, accounts.id],
      set: changing,
      setWhere: lt(accounts.version, sql`excluded.version`),
    });
}

export async function deleteProjection(
  d1: D1Database,
  { tenant, id }: Pick<StoredAccount, "tenant" | "id">,
): Promise<void> {
  await drizzle(d1)
    .delete(accounts)
    .where(and(eq(accounts.tenantId, tenant), eq(accounts.id, id)));
}
