import type { Limits } from "@roost/contract/accounts";
import type { Lane } from "@roost/contract/messages";
import type { Queue } from "@roost/contract/queue";
import type { AccountStore } from "../account-store.ts";
import { leaseDecision } from "../leases/cut-leases.ts";
import type { Hold } from "../limits/gates.ts";
import { firstHold } from "../leases/next-lease.ts";
import { reasonOrNull, timeOrNull } from "../present.ts";

/** What waits in the account, and why it does. */
export function presentQueue(store: AccountStore, limits: Limits, now: number): Queue {
  const { state, reason } = store.account().queue;
  const { holds } = leaseDecision(store, limits, now);
  const counts = store.outbox.laneCounts();
  const lane = (name: Lane) => ({ ...counts[name], ...waitOf(holds[name]) });
  return {
    state,
    reason: reasonOrNull(reason),
    counts: store.outbox.counts(),
    lanes: { reply: lane("reply"), direct: lane("direct"), campaign: lane("campaign") },
    ...waitOf(firstHold(holds)),
  };
}

function waitOf(hold: Hold | null): Pick<Queue, "waiting_for" | "waiting_until"> {
  return {
    waiting_for: reasonOrNull(hold?.reason ?? null),
    waiting_until: timeOrNull(hold?.until ?? null),
  };
}
