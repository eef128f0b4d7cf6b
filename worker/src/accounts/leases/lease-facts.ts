import type { Limits } from "@roost/contract/accounts";
import type { Lane } from "@roost/contract/messages";
import type { ReasonCode } from "@roost/contract/reasons";
import type { AccountStore } from "../account-store.ts";
import type { InHand } from "../limits/budgets.ts";
import { capLeft, type Gates, gatesOf } from "../limits/gates.ts";
import { LANES } from "./lanes.ts";
import type { LeaseFacts } from "./next-lease.ts";
import { campaignSlots } from "./pacing.ts";
import { quietUntil } from "../limits/quiet-hours.ts";
import { sentSince } from "../limits/quota.ts";
import { nextStageAt, stageByAge, warmUpLimit, type WarmUpState } from "../limits/warm-up.ts";

/** Everything that decides what goes out now, read from the account. */
export function leaseFacts(store: AccountStore, limits: Limits, now: number): LeaseFacts {
  const { state, reason, queue, session } = store.account();
  const isOnline = state === "connected" || state === "restricted";
  const due = (lane: Lane) => store.outbox.due(lane);
  return {
    isConnected: isOnline && session.host !== null,
    notConnectedReason: reason,
    queueState: queue.state,
    queueReason: queue.reason,
    due: { reply: due("reply"), direct: due("direct"), campaign: due("campaign") },
    inHand: inHandOf(store),
    sends: store.sends(),
    limits,
    newChats: newChatsOf(store, limits),
    capLeft: capLeft(store.account().standing, (at) => sentSince(store.sends().newChats, at), now),
    gates: gatesNow(store, limits, now),
    campaignSlots: slotsOf(store, limits, now),
  };
}

function slotsOf(store: AccountStore, limits: Limits, now: number): number {
  // Looking through all that is planned is only worth it where something would be planned.
  const isAnyDue = store.outbox.laneCounts().campaign.accepted > 0;
  return isAnyDue ? campaignSlots(limits, plannedUntil(store, LANES), now) : 0;
}

/** What a host has in hand of each lane, and how many of those begin a chat. */
export function inHandOf(store: AccountStore): InHand {
  const { reply, direct, campaign } = store.outbox.laneCounts();
  return {
    reply: reply.leased,
    direct: direct.leased,
    campaign: campaign.leased,
    newChats: store.outbox.newChatsInHand(),
  };
}

/** What holds lanes and strangers' messages now, whatever the quotas leave. */
export function gatesNow(store: AccountStore, limits: Limits, now: number): Gates {
  const { state, standing, coldClosedUntil = null } = store.account();
  return gatesOf(
    {
      isRestricted: state === "restricted",
      standing,
      coldClosedUntil,
      score: store.health().score,
      quietUntil: quietUntil(limits.quiet_hours, now),
    },
    now,
  );
}

/** Where the number stands on the ladder; null before it was linked. */
export function warmUpOf(store: AccountStore, now: number): WarmUpState | null {
  const { warmUp, phone, createdAt } = store.account();
  if (warmUp !== undefined) return warmUp;
  return phone === null ? null : stageByAge(createdAt, now);
}

/** How many chats a day may begin, and which limit says so. */
export function newChatsOf(
  store: AccountStore,
  limits: Limits,
): { limit: number; reason: ReasonCode; until: number | null } {
  const state = store.account().warmUp ?? null;
  const limit = warmUpLimit(state, limits);
  if (limit === null || state === null) {
    return { limit: limits.new_chats_per_day, reason: "new_chats", until: null };
  }
  return { limit, reason: "warm_up", until: nextStageAt(state) };
}

/** When the last message of these lanes that a host has to pace is through. */
export function plannedUntil(store: AccountStore, lanes: readonly Lane[]): number {
  return store.leases.plannedUntil((n) => {
    const lane = store.messages.find(n)?.out?.lane;
    return lane !== undefined && lanes.includes(lane);
  });
}
