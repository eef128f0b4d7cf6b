import { z } from "zod";
import { id } from "./ids.ts";
import { Timestamp } from "./lists.ts";
import { Scope } from "./scopes.ts";

export const CreateKey = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, "is needed")
      .max(80, "must have at most 80 characters")
      .meta({ examples: ["Order service"] }),
    scopes: z.array(Scope).min(1, "must hold at least one").max(20),
    accounts: z.array(id("account")).min(1).max(100).nullish(),
    expires_at: z.iso.datetime({ offset: true }).nullish(),
  })
  .meta({
    id: "CreateKey",
    examples: [{ name: "Order service", scopes: ["messages:send", "messages:read"] }],
  });
export type CreateKey = z.infer<typeof CreateKey>;

export const Key = z
  .strictObject({
    id: id("key"),
    name: z.string(),
    hint: z.string().meta({ description: "The last four characters of the secret." }),
    scopes: z.array(Scope),
    accounts: z.array(id("account")).nullable(),
    expires_at: Timestamp.nullable(),
    last_used_at: Timestamp.nullable(),
    revoked_at: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: "Key" });
export type Key = z.infer<typeof Key>;

/** The only answer that ever holds the secret. */
export const CreatedKey = Key.extend({
  secret: z.string().meta({ description: "`rk_...`, shown once. We keep only its hash." }),
}).meta({ id: "CreatedKey" });
export type CreatedKey = z.infer<typeof CreatedKey>;
