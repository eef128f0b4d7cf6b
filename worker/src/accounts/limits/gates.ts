import type { ReasonCode } from "@roost/contract/reasons";
import { HEALTHY_FROM } from "../standing/health.ts";
import type { Standing } from "../stored.ts";

/** Why something is held, and until when; null where nobody can say. */
export type Hold = { reason: ReasonCode; until: number | null };

export type GateFacts = {
  /** Another word for it by the host: WhatsApp lets this number only answer. */
  isRestricted: boolean;
  standing: Standing | undefined;
  /** WhatsApp refused a first message; no more are tried until then. */
  coldClosedUntil: number | null;
  score: number;
  quietUntil: number | null;
};

/** What is held whatever the quotas leave. `strangers`: messages to people who never wrote to us. */
export type Gates = { direct: Hold | null; campaign: Hold | null; strangers: Hold | null };

/** Replies pass every gate: who wrote to us is answered. */
export function gatesOf(facts: GateFacts, now: number): Gates {
  const cold = coldHold(facts, now);
  const quiet: Hold | null =
    facts.quietUntil === null ? null : { reason: "quiet_hours", until: facts.quietUntil };
  const weak: Hold | null =
    facts.score < HEALTHY_FROM ? { reason: "low_health", until: null } : null;
  return { direct: quiet, campaign: cold ?? weak ?? quiet, strangers: cold };
}

/** Why WhatsApp would refuse a message to somebody who never wrote to us. */
export function coldHold(
  { isRestricted, standing, coldClosedUntil }: Omit<GateFacts, "score" | "quietUntil">,
  now: number,
): Hold | null {
  const lock = standing?.timeLock ?? null;
  const cap = standing?.newChatCap ?? null;
  if (lock !== null && lock.is_active && (lock.until === null || lock.until > now)) {
    return { reason: "time_lock", until: latest(lock.until, coldClosedUntil) };
  }
  if (coldClosedUntil !== null && coldClosedUntil > now) {
    return { reason: "time_lock", until: coldClosedUntil };
  }
  const isCapped =
    cap !== null && (cap.status === "capped" || (cap.total > 0 && cap.used >= cap.total));
  if (cap !== null && isCapped && (cap.cycle_end === null || cap.cycle_end > now)) {
    return { reason: "new_chat_cap", until: cap.cycle_end };
  }
  return isRestricted ? { reason: "restricted", until: null } : null;
}

/**
 * How many more chats WhatsApp's own cap leaves, as far as it goes: it tells now and then, so what was
 * begun since counts as well. Null while there is no cap in force.
 */
export function capLeft(
  standing: Standing | undefined,
  begunSince: (at: number) => number,
  now: number,
): { left: number; until: number | null } | null {
  const cap = standing?.newChatCap ?? null;
  if (cap === null || cap.total === 0) return null;
  if (cap.cycle_end !== null && cap.cycle_end <= now) return null;
  const begun = standing?.capToldAt === undefined ? 0 : begunSince(standing.capToldAt);
  return { left: Math.max(0, cap.total - cap.used - begun), until: cap.cycle_end };
}

function latest(until: number | null, other: number | null): number | null {
  return until === null ? null : Math.max(until, other ?? 0);
}
