import type { Lane } from "@roost/contract/messages";

/** Who wrote to us within this time gets replies, not cold messages. */
const REPLY_WITHIN_MS = 24 * 60 * 60 * 1000;

/** In the order in which they go out. */
export const LANES = ["reply", "direct", "campaign"] as const satisfies readonly Lane[];
/** Priorities are 0 to 10. */
export const PRIORITIES = 11;

/** The lane of a message asked for by API. */
export function laneFor(lastInboundAt: number | null, now: number): Lane {
  return lastInboundAt !== null && now - lastInboundAt < REPLY_WITHIN_MS ? "reply" : "direct";
}

/** 0 for the most urgent priority, 10; what is lower goes first within its lane. */
export function urgency(priority: number): number {
  return PRIORITIES - 1 - priority;
}
