import { z } from "zod";
import { Problem } from "./errors.ts";
import { id, numbered } from "./ids.ts";
import { Page, Timestamp } from "./lists.ts";

/** The life of an outbound message. The last four, and `read` and `played`, are final. */
export const OutboundState = z.enum([
  "accepted",
  "scheduled",
  "leased",
  "sending",
  "sent",
  "delivered",
  "read",
  "played",
  "unconfirmed",
  "failed",
  "expired",
  "cancelled",
]);
export type OutboundState = z.infer<typeof OutboundState>;

export const MessageState = z.enum([...OutboundState.options, "received"]);
export type MessageState = z.infer<typeof MessageState>;

export const Lane = z.enum(["reply", "direct", "campaign"]);
export type Lane = z.infer<typeof Lane>;

export const Pace = z.enum(["human", "asap"]);

/** Types of the public API. Those other than `text` are refused with 501 until they are built. */
export const messageTypes = [
  "text",
  "image",
  "video",
  "audio",
  "voice",
  "document",
  "sticker",
  "location",
  "contact",
  "poll",
  "reaction",
  "template",
] as const;
export const MessageType = z.enum(messageTypes);
type UnbuiltType = Exclude<(typeof messageTypes)[number], "text">;

/** What a message of each other type holds; its shape is fixed when it is built. */
const Unbuilt = z.looseObject({}).optional().meta({ description: "Not built yet." });
const unbuilt = {
  image: Unbuilt,
  video: Unbuilt,
  audio: Unbuilt,
  voice: Unbuilt,
  document: Unbuilt,
  sticker: Unbuilt,
  location: Unbuilt,
  contact: Unbuilt,
  poll: Unbuilt,
  reaction: Unbuilt,
  template: Unbuilt,
} satisfies Record<UnbuiltType, typeof Unbuilt>;
const unbuiltTypes = Object.keys(unbuilt) as UnbuiltType[];

/** WhatsApp's own upper bound is higher; this is Meta's for a text, in characters. */
export const TEXT_MAX_CHARACTERS = 4096;

export const Text = z.strictObject({
  body: z
    .string()
    .min(1, "is needed")
    .max(TEXT_MAX_CHARACTERS, `must have at most ${TEXT_MAX_CHARACTERS} characters`),
});

export const Recipient = z
  .string()
  .trim()
  .min(1, "is needed")
  .max(64, "must have at most 64 characters")
  .meta({
    description:
      "A phone number in E.164 with or without `+`, a JID, a LID, a group id or a contact id.",
    examples: ["+5511999990000"],
  });

export const SendMessage = z
  .strictObject({
    account: id("account")
      .optional()
      .meta({ description: "Left out: a healthy account of the tenant is chosen." }),
    to: Recipient,
    type: MessageType.default("text"),
    text: Text.optional(),
    ...unbuilt,
    reply_to: numbered("message").nullish(),
    client_reference: z.string().max(200).nullish(),
    send_at: z.iso.datetime({ offset: true }).nullish(),
    expires_at: z.iso.datetime({ offset: true }).nullish(),
    priority: z.int().min(0).max(10).default(5),
    pace: Pace.default("human"),
    lane: z.literal("campaign").optional().meta({
      description:
        "Marks what is sent unasked to many: it goes out last and is held back first. Left out: `reply` to who wrote lately, else `direct`.",
    }),
  })
  .superRefine((message, context) => {
    if (message.type !== "text") return;
    const refuse = (field: string, words: string) =>
      context.addIssue({ code: "custom", path: [field], message: words });
    if (message.text === undefined) refuse("text", "is needed for a message of type text");
    for (const type of unbuiltTypes) {
      if (message[type] !== undefined) refuse(type, `belongs to a message of type ${type}`);
    }
  })
  .meta({
    id: "SendMessage",
    examples: [{ to: "+5511999990000", text: { body: "Your order is on its way." } }],
  });
export type SendMessage = z.infer<typeof SendMessage>;

export const MessageError = z.strictObject({
  code: z.string().meta({ examples: ["not_on_whatsapp"] }),
  detail: z.string(),
  retryable: z.boolean(),
});
export type MessageError = z.infer<typeof MessageError>;

export const Reaction = z.strictObject({
  from: z.string().nullable(),
  emoji: z.string(),
  at: Timestamp,
});
export type Reaction = z.infer<typeof Reaction>;

/** A message in either direction, as every answer, event and list carries it. */
export const Message = z
  .strictObject({
    id: numbered("message"),
    account: id("account"),
    chat: numbered("chat"),
    direction: z.enum(["outbound", "inbound"]),
    origin: z.enum(["api", "phone", "contact"]).meta({ description: "Where it was written." }),
    from: z.string().nullable(),
    to: z.string().nullable(),
    contact: id("contact").nullable(),
    type: z.string().meta({ description: "`unsupported` where the content is not understood." }),
    text: z.strictObject({ body: z.string() }).optional(),
    reply_to: numbered("message").nullable(),
    state: MessageState,
    states: z.array(z.strictObject({ state: MessageState, at: Timestamp })),
    lane: Lane.nullable(),
    priority: z.int().nullable(),
    queue_position: z.int().nullable(),
    estimated_at: Timestamp.nullable().meta({
      description: "When it will go out, as things stand; null while nothing goes out.",
    }),
    send_at: Timestamp.nullable(),
    expires_at: Timestamp.nullable(),
    client_reference: z.string().nullable(),
    wa_id: z.string().nullable(),
    error: MessageError.nullable(),
    target: numbered("message").optional().meta({
      description:
        "Of an edit or a revoke, which are stanzas of their own: the message they change.",
    }),
    edited_at: Timestamp.nullable().meta({ description: "When its text was last changed." }),
    revoked_at: Timestamp.nullable().meta({
      description: "When its sender took it back. What it said before is no longer shown.",
    }),
    reactions: z.array(Reaction).meta({ description: "At most one of each person." }),
    created_at: Timestamp,
  })
  .meta({ id: "Message" });
export type Message = z.infer<typeof Message>;

export const MessageQuery = z.strictObject({
  ...Page,
  account: id("account").optional(),
  chat: numbered("chat").optional(),
  direction: z.enum(["outbound", "inbound"]).optional(),
  state: MessageState.optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});
export type MessageQuery = z.infer<typeof MessageQuery>;

/** So many messages go into one batch. */
export const BATCH_MAX = 1_000;

export const SendBatch = z
  .strictObject({
    messages: z
      .array(z.unknown().meta({ allOf: [{ $ref: "#/components/schemas/SendMessage" }] }))
      .min(1, "must have at least one message")
      .max(BATCH_MAX, `must have at most ${BATCH_MAX} messages`)
      .meta({ description: "Each is a SendMessage, and is accepted or refused on its own." }),
  })
  .meta({
    id: "SendBatch",
    examples: [
      {
        messages: [
          { to: "+5511999990000", text: { body: "Your order is on its way." } },
          { to: "+5511999991111", text: { body: "We have new tables." }, lane: "campaign" },
        ],
      },
    ],
  });
export type SendBatch = z.infer<typeof SendBatch>;

/** Why one message of a batch was refused; the status is what a request of its own had got. */
export const BatchError = Problem.omit({ request_id: true }).meta({ id: "BatchError" });
export type BatchError = z.infer<typeof BatchError>;

export const BatchItem = z.strictObject({
  message: Message.nullable(),
  error: BatchError.nullable(),
});
export type BatchItem = z.infer<typeof BatchItem>;

export const BatchAnswer = z
  .strictObject({ data: z.array(BatchItem).meta({ description: "In the order asked." }) })
  .meta({ id: "BatchAnswer" });
export type BatchAnswer = z.infer<typeof BatchAnswer>;

export const EditMessage = z
  .strictObject({ text: Text })
  .meta({ id: "EditMessage", examples: [{ text: { body: "Your order comes tomorrow." } }] });
export type EditMessage = z.infer<typeof EditMessage>;
