import type { Account } from "@roost/contract/accounts";
import { reason } from "@roost/contract/reasons";
import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import { accounts } from "../db/accounts.ts";
import { idCursor } from "../http/id-cursor.ts";

type Row = typeof accounts.$inferSelect;

/** The tenant's accounts as the directory shows them, in the order in which they were made. */
export async function listAccounts(
  ctx: Context,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ data: Account[]; next_cursor: string | null }> {
  const after = idCursor("account", cursor);
  const rows = await ctx.db
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.tenantId, ctx.tenantId),
        after === undefined ? undefined : gt(accounts.id, after),
        ctx.accounts === null ? undefined : inArray(accounts.id, [...ctx.accounts]),
      ),
    )
    .orderBy(asc(accounts.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const next = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
  return { data: page.map(accountOf), next_cursor: next };
}

function accountOf(row: Row): Account {
  return {
    id: row.id,
    name: row.name,
    provider: "whatsapp_web",
    state: row.state,
    reason: row.reason === null ? null : reason(row.reason),
    phone: row.phone === null ? null : `+${row.phone}`,
    health: row.health,
    queue_state: row.queueState,
    until: row.until === null ? null : new Date(row.until).toISOString(),
    connected_at: row.connectedAt === null ? null : new Date(row.connectedAt).toISOString(),
    created_at: new Date(row.createdAt).toISOString(),
  };
}
