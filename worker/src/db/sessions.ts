import type { Id } from "@roost/contract/ids";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

/** A signed-in browser. The token itself is only in its cookie. */
export const sessions = sqliteTable(
  "sessions",
  {
    /** SHA-256 of the token, in hex. */
    tokenHash: text("token_hash").primaryKey(),
    tenantId: text("tenant_id")
      .$type<Id<"tenant">>()
      .notNull()
      .references(() => tenants.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .$type<Id<"user">>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("sessions_by_user").on(table.userId)],
);
