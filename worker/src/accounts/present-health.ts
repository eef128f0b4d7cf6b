import type {
  Health,
  HealthHistory,
  Limits,
  Standing as WhatsAppStanding,
  Window,
} from "@roost/contract/accounts";
import { reason, type ReasonCode } from "@roost/contract/reasons";
import type { AccountStore } from "./account-store.ts";
import { leaseDecision } from "./cut-leases.ts";
import { type HealthFacts, HISTORY_MS, historyOf } from "./health.ts";
import { time, timeOrNull } from "./present.ts";
import { usedWithin } from "./quota.ts";
import type { StoredAccount } from "./stored.ts";

/** How the account fares, and what its limits leave. */
export function presentHealth(store: AccountStore, limits: Limits, now: number): Health {
  const account = store.account();
  const { score, consecutiveFailures } = store.health();
  const used = usedWithin(store.quota(), now);
  const { leased } = store.outbox.counts();
  const windows = {
    minute: window(limits.per_minute, used.minute + leased),
    hour: window(limits.per_hour, used.hour + leased),
    day: window(limits.per_day, used.day + leased),
  };
  return {
    score,
    consecutive_failures: consecutiveFailures,
    reasons: reasonsOf(store, limits, now).map(reason),
    windows,
    lanes: { reply: windows, direct: windows, campaign: windows },
    new_chats: window(limits.new_chats_per_day, 0),
    plan: null,
    warm_up: null,
    whatsapp: presentStanding(account.standing),
    phone_seen_at: timeOrNull(account.phoneSeenAt ?? null),
    quiet_until: null,
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
  const decision = leaseDecision(store, limits, now);
  const codes = [
    state === "connected" ? null : why,
    queue.reason,
    decision.kind === "held" ? decision.reason : null,
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

function window(limit: number, used: number): Window {
  return { limit, used, left: Math.max(0, limit - used) };
}
