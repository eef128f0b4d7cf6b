import { z } from "zod";
import { id } from "./ids.ts";
import { Timestamp } from "./lists.ts";
import { Reason } from "./reasons.ts";
import { Region } from "./regions.ts";

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
    region: Region.optional().meta({
      description: "Where it connects from, for good. Left out: the deployment's default region.",
    }),
  })
  .meta({ id: "CreateAccount", examples: [{ name: "Support" }] });
export type CreateAccount = z.infer<typeof CreateAccount>;

export const UpdateAccount = z
  .strictObject({ name: AccountName })
  .meta({ id: "UpdateAccount", examples: [{ name: "Support" }] });
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
    until: Timestamp.nullable().meta({
      description: "When a ban or a restriction ends and the account goes on by itself.",
    }),
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
  .meta({ id: "StartLink", examples: [{ method: "code", phone: "+5511988887777" }] });
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

const Gap = z
  .strictObject({ min: z.int().min(0).max(600_000), max: z.int().min(0).max(600_000) })
  .refine((gap) => gap.min <= gap.max, "min must not be above max");

const ClockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day, like 22:00");

const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "must be a time zone of the IANA database, like America/Sao_Paulo")
  .meta({ examples: ["America/Sao_Paulo"] });

/** When nothing goes out but replies. An end before the start is on the next day. */
export const QuietHours = z
  .strictObject({ start: ClockTime, end: ClockTime, time_zone: TimeZone })
  .refine(({ start, end }) => start !== end, "start and end must differ");
export type QuietHours = z.infer<typeof QuietHours>;

const Share = z.int().min(1).max(100);

/** How fast an account may send, and how it behaves while it does. */
export const Limits = z
  .strictObject({
    per_minute: z.int().min(1).max(100_000),
    per_hour: z.int().min(1).max(1_000_000),
    per_day: z.int().min(1).max(10_000_000),
    gap_ms: Gap.meta({ description: "The pause between two messages of pace `human`." }),
    campaign_gap_ms: Gap.meta({
      description: "The pause before each message of the campaign lane, whatever its pace.",
    }),
    typing: z
      .strictObject({
        ms_per_character: z.int().min(0).max(1_000),
        max_ms: z.int().min(0).max(60_000),
      })
      .meta({ description: "How long typing is shown before a message of pace `human`." }),
    lane_shares: z.strictObject({ direct: Share, campaign: Share }).meta({
      description:
        "How many percent of each window what is not a reply may use (`direct`), and of it the campaign lane (`campaign`). The rest stays free for replies.",
    }),
    new_chats_per_day: z.int().min(0).max(100_000).meta({
      description: "First messages to people who never wrote to us, within 24 hours.",
    }),
    warm_up: z.boolean().meta({
      description: "A number that was linked lately may begin fewer chats, more from day to day.",
    }),
    quiet_hours: QuietHours.nullable().meta({
      description: "The time of day in which nothing goes out but replies.",
    }),
  })
  .meta({ id: "Limits" });
export type Limits = z.infer<typeof Limits>;

/** What is left out gets its default. */
export const SetLimits = Limits.partial({
  campaign_gap_ms: true,
  lane_shares: true,
  new_chats_per_day: true,
  warm_up: true,
  quiet_hours: true,
}).meta({
  id: "SetLimits",
  examples: [
    {
      per_minute: 20,
      per_hour: 500,
      per_day: 5_000,
      gap_ms: { min: 1_000, max: 3_000 },
      typing: { ms_per_character: 40, max_ms: 8_000 },
      quiet_hours: { start: "22:00", end: "08:00", time_zone: "America/Sao_Paulo" },
    },
  ],
});
export type SetLimits = z.infer<typeof SetLimits>;

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

/** `left` is never below 0, `used` may be above `limit` after the limit was lowered. */
export const Window = z.strictObject({ limit: z.int(), used: z.int(), left: z.int() });
export type Window = z.infer<typeof Window>;
const Windows = z.strictObject({ minute: Window, hour: Window, day: Window });

/** What WhatsApp itself says of the number's standing; null where it has said nothing. */
export const Standing = z.strictObject({
  time_lock: z
    .strictObject({
      is_active: z.boolean(),
      until: Timestamp.nullable(),
      kind: z.string().nullable().meta({ description: "WhatsApp's own word for it." }),
    })
    .nullable()
    .meta({ description: "While it is active no chat can be begun." }),
  new_chat_cap: z
    .strictObject({
      used: z.int(),
      total: z.int(),
      status: z.enum(["none", "first_warning", "second_warning", "capped"]),
      cycle_end: Timestamp.nullable(),
    })
    .nullable()
    .meta({ description: "How many chats the number may begin in WhatsApp's own cycle." }),
});
export type Standing = z.infer<typeof Standing>;

export const WarmUp = z.strictObject({
  stage: z.int().min(1),
  stages: z.int(),
  new_chats_per_day: z.int(),
  next_stage_at: Timestamp.nullable().meta({ description: "Null while it is held back." }),
  is_held_back: z.boolean().meta({ description: "The health is too low to go on." }),
});
export type WarmUp = z.infer<typeof WarmUp>;

export const Health = z
  .strictObject({
    score: z.int().min(0).max(100),
    consecutive_failures: z.int(),
    reasons: z.array(Reason),
    windows: Windows,
    lanes: z
      .strictObject({ reply: Windows, direct: Windows, campaign: Windows })
      .meta({ description: "What each lane has sent, and may still send." }),
    new_chats: Window.meta({ description: "Chats begun within 24 hours." }),
    plan: z
      .strictObject({ limit: z.int(), used: z.int(), left: z.int(), renews_at: Timestamp })
      .nullable()
      .meta({ description: "The tenant's messages of this month; null when they are unlimited." }),
    warm_up: WarmUp.nullable().meta({ description: "Null when it is over, or off." }),
    whatsapp: Standing,
    phone_seen_at: Timestamp.nullable().meta({
      description: "When the phone itself was last online; it must be, every 14 days.",
    }),
    quiet_until: Timestamp.nullable().meta({ description: "Null outside of the quiet hours." }),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;

/** The score after a change, and what the change came of where that has a name. */
export const HealthPoint = z
  .strictObject({
    at: Timestamp,
    score: z.int().min(0).max(100),
    reason: Reason.nullable(),
  })
  .meta({ id: "HealthPoint" });
export type HealthPoint = z.infer<typeof HealthPoint>;

export const HealthHistory = z
  .strictObject({ data: z.array(HealthPoint) })
  .meta({ id: "HealthHistory" });
export type HealthHistory = z.infer<typeof HealthHistory>;

export const HealthHistoryQuery = z.strictObject({
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: "Answers changes from then on; 30 days are kept." }),
});
