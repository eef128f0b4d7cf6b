import { z } from "zod";
import { id, numbered } from "./ids.ts";
import { Page, Timestamp } from "./lists.ts";

/** A conversation of one account with one person. */
export const Chat = z
  .strictObject({
    id: numbered("chat"),
    account: id("account"),
    phone: z
      .string()
      .nullable()
      .meta({ examples: ["+5511999990000"] }),
    lid: z.string().nullable(),
    name: z.string().nullable().meta({ description: "The name the person gave themselves." }),
    last_message: z
      .strictObject({
        id: numbered("message"),
        direction: z.enum(["outbound", "inbound"]),
        preview: z.string(),
        at: Timestamp,
      })
      .nullable(),
    unread: z.int(),
    updated_at: Timestamp,
  })
  .meta({ id: "Chat" });
export type Chat = z.infer<typeof Chat>;

export const ChatQuery = z.strictObject({ ...Page, account: id("account").optional() });
export type ChatQuery = z.infer<typeof ChatQuery>;
