import { z } from "zod";

const shared = {
  number: z
    .string()
    .transform((number) => number.replace(/^\+/, ""))
    .pipe(z.string().regex(/^\d{5,15}$/, "must be digits"))
    .optional(),
  count: z.number().int().positive().optional(),
};

const code = z.number().int().min(100).max(999);

function plain<K extends string>(kind: K) {
  return z.strictObject({ kind: z.literal(kind), ...shared });
}

/** Every fault that can be asked for. */
export const FaultSpec = z.discriminatedUnion("kind", [
  plain("drop"),
  plain("silence"),
  plain("replaced"),
  plain("logged_out"),
  plain("bad_frame"),
  plain("restart"),
  plain("ack_lost"),
  plain("rate_overlimit"),
  plain("passkey"),
  plain("undecryptable"),
  plain("no_resend"),
  plain("no_retry"),
  plain("not_confirmed"),
  plain("phone_silent"),
  z.strictObject({ kind: z.literal("stream_error"), code, ...shared }),
  z.strictObject({
    kind: z.literal("failure"),
    code,
    // A ban for a time: how many seconds it lasts.
    expire: z.number().int().positive().optional(),
    ...shared,
  }),
  z.strictObject({ kind: z.literal("code_refused"), code, ...shared }),
  z.strictObject({ kind: z.literal("ack_error"), code, ...shared }),
  z.strictObject({ kind: z.literal("ack_late"), ms: z.number().int().positive(), ...shared }),
  // Nobody has said yet who they are when the upgrade is refused, so there is no number here.
  z.strictObject({
    kind: z.literal("refuse_upgrade"),
    status: z.number().int().min(400).max(599),
    count: shared.count,
  }),
  z.strictObject({
    kind: z.literal("time_lock"),
    until: z.iso.datetime({ offset: true }),
    ...shared,
  }),
  z.strictObject({
    kind: z.literal("new_chat_cap"),
    used: z.number().int().min(0),
    total: z.number().int().min(0),
    ...shared,
  }),
]);

export type FaultSpec = z.infer<typeof FaultSpec>;
export type FaultKind = FaultSpec["kind"];

/** The names to choose from, for the message that says so. */
export const FAULT_KINDS: readonly FaultKind[] = FaultSpec.options.map(
  (option) => option.shape.kind.value,
);
