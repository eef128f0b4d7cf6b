import type { Id } from "@roost/contract/ids";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A customer organisation. Its own id is its `tenant_id`. */
export const tenants = sqliteTable("tenants", {
  id: text("id").$type<Id<"tenant">>().primaryKey(),
  name: text("name").notNull(),
  createdAt: integer("created_at").notNull(),
});
