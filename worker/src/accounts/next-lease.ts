import type { QueueState } from "@roost/contract/accounts";
import type { ReasonCode } from "@roost/contract/reasons";
import type { Room } from "./quota.ts";

/** The most that one lease holds; the host protocol says so too. */
export const LEASE_SIZE = 20;
/** What a host may have in hand for one account: enough that its pipeline never runs dry. */
export const MAX_IN_FLIGHT = 80;
/** With less in hand than this, anything due is handed out at once, however little it is. */
const LOW_WATER = 10;

/** Whether nothing is handed out, and what was handed out is asked back. */
export function isHeld(state: QueueState): boolean {
  return state === "paused" || state === "frozen";
}

export type LeaseFacts = {
  isConnected: boolean;
  notConnectedReason: ReasonCode | null;
  queueState: QueueState;
  queueReason: ReasonCode | null;
  /** Due messages that no host has. */
  due: number;
  inFlight: number;
  room: Room;
};

export type LeaseDecision =
  | { kind: "lease"; count: number }
  | { kind: "nothing" }
  /** The host has enough in hand: its next outcome asks again. */
  | { kind: "enough" }
  | { kind: "held"; reason: ReasonCode; until: number | null };

/** Whether to hand out due messages now, and how many. */
export function nextLease(facts: LeaseFacts): LeaseDecision {
  const { due, inFlight, room } = facts;
  if (due === 0) return { kind: "nothing" };
  if (isHeld(facts.queueState)) {
    return { kind: "held", reason: facts.queueReason ?? "queue_paused", until: null };
  }
  if (!facts.isConnected) {
    return { kind: "held", reason: facts.notConnectedReason ?? "not_connected", until: null };
  }
  if (room.left === 0) {
    return { kind: "held", reason: room.reason ?? "quota_minute", until: room.until };
  }
  const isWorthIt =
    inFlight < LOW_WATER || (due >= LEASE_SIZE && inFlight + LEASE_SIZE <= MAX_IN_FLIGHT);
  if (!isWorthIt) return { kind: "enough" };
  return { kind: "lease", count: Math.min(due, LEASE_SIZE, room.left) };
}
