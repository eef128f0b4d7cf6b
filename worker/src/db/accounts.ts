import type { AccountState, QueueState } from "@roost/contract/accounts";
import type { Id } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The directory of accounts: a copy, which each account's own object writes. */
export const accounts = sqliteTable(
  "accounts",
  {
    tenantId: text("tenant_id").$type<Id<"tenant">>().notNull(),
    id: text("id").$type<Id<"account">>().notNull(),
    name: text("name").notNull(),
    state: text("state").$type<AccountState>().notNull(),
    reason: text("reason").$type<ReasonCode>(),
    phone: text("phone"),
    health: integer("health").notNull(),
    queueState: text("queue_state").$type<QueueState>().notNull(),
    connectedAt: integer("connected_at"),
    /** When a ban or a restriction ends by itself. */
    until: integer("until"),
    createdAt: integer("created_at").notNull(),
    /** Which state of the object this is: an older one never overwrites a newer. */
    version: integer("version").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
);
