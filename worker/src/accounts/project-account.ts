import { and, eq, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { accounts } from "../db/accounts.ts";
import { describeError, log } from "../log.ts";
import type { AccountStore } from "./account-store.ts";
import { untilOf } from "./present.ts";
import type { StoredAccount } from "./stored.ts";

const TRY_AGAIN_MS = 30_000;

/** What the directory shows of the account, as it is now. */
type Projection = typeof accounts.$inferInsert;

function projectionOf(store: AccountStore): Projection {
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
    until: untilOf(account),
    createdAt: account.createdAt,
    version: account.version,
  };
}

/** Keeps the directory up to date, in the background and for as long as it takes. */
export class ProjectionWriter {
  private readonly d1: D1Database;
  private writing: Promise<void> | null = null;
  private tryAt: number | null = null;

  constructor(d1: D1Database) {
    this.d1 = d1;
  }

  nextTryAt(now: number): number {
    return this.tryAt ?? now + TRY_AGAIN_MS;
  }

  /** Writes until the directory shows the present state. A failure is tried again by the alarm. */
  async write(store: AccountStore): Promise<void> {
    if (this.writing !== null || (this.tryAt ?? 0) > Date.now()) return;
    this.writing = this.catchUp(store);
    await this.writing;
    this.writing = null;
  }

  /** Writes no more, once what is on its way has arrived. */
  async finish(): Promise<void> {
    this.tryAt = Infinity;
    await this.writing;
  }

  private async catchUp(store: AccountStore): Promise<void> {
    try {
      while (store.isProjectionDue() && this.tryAt !== Infinity) {
        const row = projectionOf(store);
        await writeRow(this.d1, row);
        store.noteProjected(row.version);
      }
      if (this.tryAt !== Infinity) this.tryAt = null;
    } catch (error) {
      if (this.tryAt !== Infinity) this.tryAt = Date.now() + TRY_AGAIN_MS;
      const { id: account } = store.account();
      log({ event: "projection.failed", account, error: describeError(error) });
    }
  }
}

/** Writes the directory's row, unless it already holds a newer state. */
async function writeRow(d1: D1Database, row: Projection): Promise<void> {
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
