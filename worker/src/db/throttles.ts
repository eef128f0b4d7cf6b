import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** How often something was tried of late, see `auth/throttle.ts`. */
export const throttles = sqliteTable("throttles", {
  /** A keyed hash of what is counted: no address lies here in clear. */
  key: text("key").primaryKey(),
  /** Below 1 there are free tries left. Each strike above doubles the wait. */
  strikes: integer("strikes").notNull(),
  stepMs: integer("step_ms").notNull(),
  retryAt: integer("retry_at").notNull(),
  /** Whether the last try came too early. */
  isHeld: integer("is_held", { mode: "boolean" }).notNull(),
  forgetAt: integer("forget_at").notNull(),
});
