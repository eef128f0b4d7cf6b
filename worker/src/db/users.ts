import type { Id } from "@roost/contract/ids";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A person. Not of one tenant: `members` says where they belong. */
export const users = sqliteTable("users", {
  id: text("id").$type<Id<"user">>().primaryKey(),
  /** Trimmed and in lower case. */
  email: text("email").notNull().unique(),
  /** `scrypt$<log2 N>$<r>$<p>$<salt>$<hash>` */
  passwordHash: text("password_hash").notNull(),
  /** Null until somebody who reads the address's mail said so; before that nobody can log in. */
  verifiedAt: integer("verified_at"),
  isPlatformAdmin: integer("is_platform_admin", { mode: "boolean" }).notNull().default(false),
  createdAt: integer("created_at").notNull(),
});
