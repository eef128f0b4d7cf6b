import type { Lane } from "@roost/contract/messages";

/** Who wrote to us within this time gets replies, not cold messages. */
export const REPLY_WITHIN_MS = 24 * 60 * 60 * 1000;

/** The lanes, the most urgent first. */
export const LANES = ["reply", "direct", "campaign"] as const satisfies readonly Lane[];
const PRIORITIES = 11;

/** The lane of a message asked for by API. */
export function laneFor(lastInboundAt: number | null, now: number): Lane {
  return lastInboundAt !== null && now - lastInboundAt < REPLY_WITHIN_MS ? "reply" : "direct";
}

/** Where it stands in the outbox: lanes first, then priority (10 is the most urgent). Low goes first. */
export function rankOf(lane: Lane, priority: number): number {
  return LANES.indexOf(lane) * PRIORITIES + (PRIORITIES - 1 - priority);
}

/** All ranks there are. */
export const RANKS = LANES.length * PRIORITIES;

/** The lane of a rank. */
export function laneOf(rank: number): Lane {
  return LANES[Math.floor(rank / PRIORITIES)] ?? "campaign";
}
