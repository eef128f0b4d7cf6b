import type { Id } from "@roost/contract/ids";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./users.ts";

/** What a link in a mail proves. Used once: the row goes when it is used. */
export const mailTokens = sqliteTable(
  "mail_tokens",
  {
    /** SHA-256 of the token, in hex. */
    tokenHash: text("token_hash").primaryKey(),
    userId: text("user_id")
      .$type<Id<"user">>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    purpose: text("purpose").$type<MailTokenPurpose>().notNull(),
    /**
     * For `verify`: the password given at the sign-up this mail answers. A link thus opens the account
     * with the password of the sign-up it belongs to, not with a later stranger's.
     */
    passwordHash: text("password_hash"),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("mail_tokens_by_user").on(table.userId)],
);

export type MailTokenPurpose = "verify" | "reset";
