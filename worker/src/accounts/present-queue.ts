import type { Limits } from "@roost/contract/accounts";
import type { Lane } from "@roost/contract/messages";
import type { Queue } from "@roost/contract/queue";
import type { AccountStore } from "./account-store.ts";
import { leaseDecision } from "./cut-leases.ts";
import type { LeaseDecision } from "./next-lease.ts";
import { reasonOrNull, timeOrNull } from "./present.ts";

/** What waits in the account, and why it does. */
export function presentQueue(store: AccountStore, limits: Limits, now: number): Queue {
  const { state, reason } = store.account().queue;
  const decision = leaseDecision(store, limits, now);
  const counts = store.outbox.laneCounts();
  const lane = (name: Lane) => {
    const { accepted } = counts[name];
    return { ...counts[name], ...waitOf(accepted === 0 ? { kind: "nothing" } : decision) };
  };
  return {
    state,
    reason: reasonOrNull(reason),
    counts: store.outbox.counts(),
    lanes: { reply: lane("reply"), direct: lane("direct"), campaign: lane("campaign") },
    ...waitOf(decision),
  };
}

function waitOf(decision: LeaseDecision): Pick<Queue, "waiting_for" | "waiting_until"> {
  const [code, until] = decision.kind === "held" ? [decision.reason, decision.until] : [null, null];
  return { waiting_for: reasonOrNull(code), waiting_until: timeOrNull(until) };
}
