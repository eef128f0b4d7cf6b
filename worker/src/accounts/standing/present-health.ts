import type {
  Health,
  HealthHistory,
  Limits,
  Standing as WhatsAppStanding,
  Window,
} from "@roost/contract/accounts";
import { reason, type ReasonCode } from "@roost/contract/reasons";
import type { PlanStanding } from "../../tenants/allowances.ts";
import type { AccountStore } from "../account-store.ts";
import { shareOf, usedByLane } from "../limits/budgets.ts";
import { leaseDecision } from "../leases/cut-leases.ts";
import { type HealthFacts, HISTORY_MS, historyOf } from "./health.ts";
import { gatesNow, inHandOf, newChatsOf, warmUpOf } from "../leases/lease-facts.ts";
import { phoneWarning } from "./phone-watch.ts";
import { time, timeOrNull } from "../present.ts";
import { quietUntil } from "../limits/quiet-hours.ts";
import { usedWithin, type WindowLimits, type WindowName } from "../limits/quota.ts";
import type { StoredAccount } from "../stored.ts";
import { presentWarmUp } from "../limits/warm-up.ts";

/** How the account fares, and what its limits leave. */
export function presentHealth(
  store: AccountStore,
  limits: Limits,
  plan: PlanStanding | null,
  now: number,
): Health {
  const account = store.account();
  const { score, consecutiveFailures } = store.health();
  const inHand = inHandOf(store);
  const used = usedByLane(store.sends(), inHand, now);
  const newChats = newChatsOf(store, limits);
  const shares = limits.lane_shares;
  const missing = phoneWarning(account, now);
  const begun = usedWithin(store.sends().newChats, now).day + inHand.newChats;
  return {
    score,
    consecutive_failures: consecutiveFailures,
    reasons: [
      ...reasonsOf(store, limits, now),
      ...(plan !== null && plan.used >= plan.limit ? (["plan_allowance"] as const) : []),
      ...(missing === null ? [] : [missing]),
    ].map(reason),
    windows: windows(limits, used.all),
    lanes: {
      // A reply may use whatever the others leave.
      reply: windows(limits, used.reply, used.all),
      direct: windows(shareOf(limits, shares.direct), used.direct),
      campaign: windows(shareOf(limits, shares.campaign), used.campaign),
    },
    new_chats: window(newChats.limit, begun),
    plan: presentPlan(plan),
    warm_up: presentWarmUp(warmUpOf(store, now), limits),
    whatsapp: presentStanding(account.standing),
    phone_seen_at: timeOrNull(account.phoneSeenAt ?? null),
    quiet_until: timeOrNull(quietUntil(limits.quiet_hours, now)),
  };
}

/** The points from `since` on. */
export function presentHistory(health: HealthFacts, since: number, now: number): HealthHistory {
  const from = Math.max(since, now - HISTORY_MS);
  const points = historyOf(health);
  const first = points.findIndex(([at]) => at >= from);
  const wanted = first === -1 ? [] : points.slice(first);
  return {
    data: wanted.map(([at, score, code]) => ({
      at: time(at),
      score,
      reason: code === null ? null : reason(code),
    })),
  };
}

function reasonsOf(store: AccountStore, limits: Limits, now: number): ReasonCode[] {
  const { state, reason: why, queue } = store.account();
  const { holds } = leaseDecision(store, limits, now);
  const gates = gatesNow(store, limits, now);
  const codes = [
    state === "connected" ? null : why,
    queue.reason,
    ...[...Object.values(holds), ...Object.values(gates)].map((hold) => hold?.reason ?? null),
  ].filter((code): code is ReasonCode => code !== null);
  return [...new Set(codes)];
}

function presentStanding(standing: StoredAccount["standing"]): WhatsAppStanding {
  const timeLock = standing?.timeLock ?? null;
  const cap = standing?.newChatCap ?? null;
  return {
    time_lock: timeLock === null ? null : { ...timeLock, until: timeOrNull(timeLock.until) },
    new_chat_cap: cap === null ? null : { ...cap, cycle_end: timeOrNull(cap.cycle_end) },
  };
}

function presentPlan(plan: PlanStanding | null): Health["plan"] {
  if (plan === null) return null;
  return { ...window(plan.limit, plan.used), renews_at: time(plan.endsAt) };
}

type Counts = Record<WindowName, number>;

/** `taken`: all that counts against the limits, where that is more than what was used. */
function windows(limits: WindowLimits, used: Counts, taken = used) {
  const one = (limit: number, name: WindowName) => ({
    limit,
    used: used[name],
    left: Math.max(0, limit - taken[name]),
  });
  return {
    minute: one(limits.per_minute, "minute"),
    hour: one(limits.per_hour, "hour"),
    day: one(limits.per_day, "day"),
  };
}

function window(limit: number, used: number): Window {
  return { limit, used, left: Math.max(0, limit - used) };
}
