import { z } from "zod";
import { id } from "./ids.ts";
import { Timestamp } from "./lists.ts";
import { Reason } from "./reasons.ts";

export const AccountState = z.enum([
  "unlinked",
  "linking",
  "connecting",
  "connected",
  "reconnecting",
  "restricted",
  "logged_out",
  "banned",
  "parked",
]);
export type AccountState = z.infer<typeof AccountState>;

export const QueueState = z.enum(["active", "paused", "draining", "frozen"]);
export type QueueState = z.infer<typeof QueueState>;

export const AccountName = z
  .string()
  .trim()
  .min(1, "is needed")
  .max(80, "must have at most 80 characters");

export const CreateAccount = z
  .strictObject({
    name: AccountName.meta({ examples: ["Support"] }),
    provider: z.literal("whatsapp_web").default("whatsapp_web"),
  })
  .meta({ id: "CreateAccount" });
export type CreateAccount = z.infer<typeof CreateAccount>;

export const UpdateAccount = z.strictObject({ name: AccountName }).meta({ id: "UpdateAccount" });
export type UpdateAccount = z.infer<typeof UpdateAccount>;

export const Account = z
  .strictObject({
    id: id("account"),
    name: z.string(),
    provider: z.literal("whatsapp_web"),
    state: AccountState,
    reason: Reason.nullable().meta({ description: "Why it is in this state, in a sentence." }),
    phone: z
      .string()
      .nullable()
      .meta({ examples: ["+5511999990000"] }),
    health: z.int().min(0).max(100),
    queue_state: QueueState,
    connected_at: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: "Account" });
export type Account = z.infer<typeof Account>;

export const LinkMethod = z.enum(["qr", "code"]);
export type LinkMethod = z.infer<typeof LinkMethod>;
export const StartLink = z
  .strictObject({
    method: LinkMethod.default("qr"),
    phone: z
      .string()
      .regex(/^\+?[1-9]\d{6,14}$/, "must be a phone number in E.164, like +5511999990000")
      .optional()
      .meta({ description: "Needed for `code`: the number that will type it." }),
  })
  .refine((link) => link.method === "qr" || link.phone !== undefined, {
    path: ["phone"],
    message: "is needed when the method is code",
  })
  .meta({ id: "StartLink" });
export type StartLink = z.infer<typeof StartLink>;

export const LinkState = z.enum([
  "starting",
  "waiting_for_scan",
  "waiting_for_code",
  "linking",
  "linked",
  "expired",
  "failed",
]);
export type LinkState = z.infer<typeof LinkState>;

/** One attempt to link a number: what to show a person now. */
export const LinkAttempt = z
  .strictObject({
    state: LinkState,
    method: LinkMethod,
    qr: z.string().nullable().meta({ description: "The text to draw as a QR code, as it is now." }),
    code: z.string().nullable().meta({ description: "The eight characters to type on the phone." }),
    expires_at: Timestamp.nullable().meta({ description: "When this QR or code is replaced." }),
    error: Reason.nullable(),
    started_at: Timestamp,
  })
  .meta({ id: "LinkAttempt" });
export type LinkAttempt = z.infer<typeof LinkAttempt>;

/** How fast an account may send, and how it behaves while it does. */
export const Limits = z
  .strictObject({
    per_minute: z.int().min(1).max(100_000),
    per_hour: z.int().min(1).max(1_000_000),
    per_day: z.int().min(1).max(10_000_000),
    gap_ms: z
      .strictObject({ min: z.int().min(0).max(600_000), max: z.int().min(0).max(600_000) })
      .refine((gap) => gap.min <= gap.max, "min must not be above max")
      .meta({ description: "The pause between two messages of pace `human`." }),
    typing: z
      .strictObject({
        ms_per_character: z.int().min(0).max(1_000),
        max_ms: z.int().min(0).max(60_000),
      })
      .meta({ description: "How long typing is shown before a message of pace `human`." }),
  })
  .meta({ id: "Limits" });
export type Limits = z.infer<typeof Limits>;

export const Window = z.strictObject({ limit: z.int(), used: z.int(), left: z.int() });

export const Health = z
  .strictObject({
    score: z.int().min(0).max(100),
    consecutive_failures: z.int(),
    reasons: z.array(Reason),
    windows: z.strictObject({ minute: Window, hour: Window, day: Window }),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;

export const Queue = z
  .strictObject({
    state: QueueState,
    counts: z.strictObject({
      accepted: z.int(),
      scheduled: z.int(),
      leased: z.int(),
      unconfirmed: z.int(),
    }),
    waiting_for: Reason.nullable().meta({ description: "Why due messages are held, if they are." }),
  })
  .meta({ id: "Queue" });
export type Queue = z.infer<typeof Queue>;

export const SetQueue = z.strictObject({ state: QueueState }).meta({ id: "SetQueue" });
