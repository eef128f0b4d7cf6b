import { z } from "zod";
import { QueueState } from "./accounts.ts";
import { numbered } from "./ids.ts";
import { Timestamp } from "./lists.ts";
import { Lane, OutboundState, Recipient } from "./messages.ts";
import { Reason } from "./reasons.ts";

const LaneQueue = z.strictObject({
  accepted: z.int(),
  scheduled: z.int(),
  leased: z.int(),
  waiting_for: Reason.nullable().meta({
    description: "Why this lane's due messages are held, if they are.",
  }),
  waiting_until: Timestamp.nullable().meta({ description: "When that ends by itself, if known." }),
});

export const Queue = z
  .strictObject({
    state: QueueState,
    reason: Reason.nullable().meta({
      description: "Why it is in this state, when not because somebody asked for it.",
    }),
    counts: z.strictObject({
      accepted: z.int(),
      scheduled: z.int(),
      leased: z.int(),
      unconfirmed: z.int(),
    }),
    lanes: z.strictObject({ reply: LaneQueue, direct: LaneQueue, campaign: LaneQueue }),
    waiting_for: Reason.nullable().meta({
      description: "Why due messages are held, if all of them are.",
    }),
    waiting_until: Timestamp.nullable().meta({
      description: "When that ends by itself, if known.",
    }),
  })
  .meta({ id: "Queue" });
export type Queue = z.infer<typeof Queue>;

export const SetQueue = z
  .strictObject({ state: QueueState })
  .meta({ id: "SetQueue", examples: [{ state: "paused" }] });

/** So many messages may be named at once. */
const MAX_IDS = 1_000;

/** Which messages are meant: those to which all that is said here applies. Nothing said is refused. */
export const MessageFilter = z
  .strictObject({
    ids: z.array(numbered("message")).min(1, "must name a message").max(MAX_IDS).optional(),
    state: z.array(OutboundState).min(1, "must name a state").optional(),
    lane: Lane.optional(),
    chat: numbered("chat").optional(),
    to: Recipient.optional(),
    client_reference: z.string().max(200).optional(),
    error_code: z
      .string()
      .max(100)
      .optional()
      .meta({ examples: ["no_ack"] }),
    created_since: z.iso.datetime({ offset: true }).optional(),
    created_until: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), {
    message: "must say which messages are meant: an empty filter would mean all of them",
  })
  .meta({ id: "MessageFilter" });
export type MessageFilter = z.infer<typeof MessageFilter>;

export const ClearQueue = z.strictObject({ filter: MessageFilter }).meta({
  id: "ClearQueue",
  examples: [{ filter: { lane: "campaign", created_until: "2026-11-20T11:22:18Z" } }],
});
export const ClearedQueue = z
  .strictObject({
    cancelled: z.int(),
    begun: z.int().meta({
      description: "Messages that match and are left alone, as a host may have begun to send them.",
    }),
  })
  .meta({ id: "ClearedQueue" });
export type ClearedQueue = z.infer<typeof ClearedQueue>;

export const CountQueue = z
  .strictObject({ filter: MessageFilter })
  .meta({ id: "CountQueue", examples: [{ filter: { lane: "campaign" } }] });
export const CountedQueue = z
  .strictObject({
    waiting: z.int().meta({ description: "What a clear would cancel." }),
    begun: z.int().meta({ description: "What a clear may find begun, as a host has it already." }),
  })
  .meta({ id: "CountedQueue" });
export type CountedQueue = z.infer<typeof CountedQueue>;

export const RetryQueue = z
  .strictObject({ filter: MessageFilter })
  .meta({ id: "RetryQueue", examples: [{ filter: { error_code: "rate_limited_by_whatsapp" } }] });
export const RetriedQueue = z
  .strictObject({
    retried: z.int(),
    refused: z.int().meta({
      description: "Messages that match and whose error does not get better by repeating.",
    }),
  })
  .meta({ id: "RetriedQueue" });
export type RetriedQueue = z.infer<typeof RetriedQueue>;
