import { z } from "zod";

type ErrorFacts = { status: number; title: string; retryable: "no" | "now" | "after" };

/** Every code the API can answer with. Codes are public: add one, never rename one. */
export const errors = {
  malformed_json: { status: 400, title: "The body is not JSON", retryable: "no" },
  unauthenticated: { status: 401, title: "No valid credential", retryable: "no" },
  forbidden: { status: 403, title: "The credential may not do this", retryable: "no" },
  not_found: { status: 404, title: "There is no such thing", retryable: "no" },
  method_not_allowed: { status: 405, title: "Method not allowed", retryable: "no" },
  invalid_state: { status: 409, title: "Not possible in the present state", retryable: "no" },
  account_unlinked: { status: 409, title: "The account is not linked", retryable: "no" },
  queue_closed: { status: 409, title: "The queue takes no messages", retryable: "no" },
  idempotency_mismatch: {
    status: 409,
    title: "The key was used with another body",
    retryable: "no",
  },
  in_flight: { status: 409, title: "The same request is being worked on", retryable: "after" },
  payload_too_large: { status: 413, title: "The body is too large", retryable: "no" },
  unsupported_media_type: { status: 415, title: "The body must be JSON", retryable: "no" },
  validation_failed: { status: 422, title: "The request is not valid", retryable: "no" },
  token_invalid: { status: 422, title: "The link is used up or expired", retryable: "no" },
  account_restricted: { status: 423, title: "WhatsApp restricts the account", retryable: "after" },
  rate_limited: { status: 429, title: "Too many requests", retryable: "after" },
  plan_allowance_used: {
    status: 429,
    title: "The plan's messages of this month are used up",
    retryable: "after",
  },
  internal: { status: 500, title: "Something went wrong on our side", retryable: "after" },
  capability_missing: { status: 501, title: "The provider cannot do this", retryable: "no" },
  unavailable: { status: 503, title: "Not available for the moment", retryable: "after" },
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof errors;

const codes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];

/** The body of every refusal: RFC 9457 with our members. */
export const Problem = z
  .strictObject({
    type: z.string().meta({ description: "A page about this code." }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "A sentence that says what to do." }),
    code: z.enum(codes),
    retryable: z.enum(["no", "now", "after"]),
    retry_after: z.number().optional().meta({ description: "Seconds to wait." }),
    until: z.iso.datetime().optional(),
    upstream: z
      .strictObject({ provider: z.string(), code: z.string(), detail: z.string().optional() })
      .optional(),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    request_id: z.string(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;

/** A refusal that crosses an object's border, where error classes do not survive. */
export type Refusal = {
  code: ErrorCode;
  detail: string;
  retryAfterSeconds?: number;
  until?: string;
};
export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export function refuse(
  code: ErrorCode,
  detail: string,
  facts: Pick<Refusal, "until"> = {},
): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, detail, ...facts } };
}
