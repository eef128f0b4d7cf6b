import { z } from "zod";
import { Account, LinkAttempt } from "./accounts.ts";
import { id, numbered } from "./ids.ts";
import { Timestamp } from "./lists.ts";
import { Message } from "./messages.ts";
import { Reason } from "./reasons.ts";

export const messageEventTypes = [
  "message.received",
  "message.accepted",
  "message.sent",
  "message.delivered",
  "message.read",
  "message.played",
  "message.failed",
  "message.expired",
  "message.cancelled",
  "message.unconfirmed",
  "message.edited",
  "message.revoked",
] as const;

export const accountEventTypes = [
  "account.linked",
  "account.connected",
  "account.disconnected",
  "account.restricted",
  "account.logged_out",
  "account.health_changed",
] as const;

/** What a message event carries: the whole message at that moment, without its history. */
export const MessageData = Message.omit({ states: true, queue_position: true, estimated_at: true });
export type MessageData = z.infer<typeof MessageData>;

/** A reaction to a message, and who gave it; null instead of an emoji takes it back. */
export const ReactionData = z.strictObject({
  message: numbered("message"),
  chat: numbered("chat"),
  from: z.string().nullable(),
  emoji: z.string().nullable(),
});
export type ReactionData = z.infer<typeof ReactionData>;

export const AccountData = z.strictObject({
  state: Account.shape.state,
  reason: Reason.nullable(),
  phone: z.string().nullable(),
  health: z.int(),
});
export type AccountData = z.infer<typeof AccountData>;

/** Without `qr` and `code`: whoever holds those can link, so they are only answered to a GET. */
export const LinkData = LinkAttempt.omit({ qr: true, code: true });
export type LinkData = z.infer<typeof LinkData>;

const envelope = {
  id: numbered("event"),
  seq: z.int().min(1).meta({ description: "1, 2, 3 ... per account, without a gap." }),
  account: id("account"),
  tenant: id("tenant"),
  created_at: Timestamp,
};

/** What the journal, webhooks and the live stream carry. */
export const Event = z
  .discriminatedUnion("type", [
    z.strictObject({ ...envelope, type: z.enum(messageEventTypes), data: MessageData }),
    z.strictObject({ ...envelope, type: z.literal("message.reaction"), data: ReactionData }),
    z.strictObject({ ...envelope, type: z.enum(accountEventTypes), data: AccountData }),
    z.strictObject({ ...envelope, type: z.literal("link.updated"), data: LinkData }),
  ])
  .meta({ id: "Event" });
export type Event = z.infer<typeof Event>;
export type EventType = Event["type"];

export const EventQuery = z.strictObject({
  account: id("account"),
  after: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .meta({ description: "Answers events whose `seq` is greater." }),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});
export type EventQuery = z.infer<typeof EventQuery>;
