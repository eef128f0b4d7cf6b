import type { Account, Health } from "@roost/contract/accounts";
import type { Reason } from "@roost/contract/reasons";

/** What holds an account back, without what the notice above its pages says already. */
export function reasonsToSay(
  health: Pick<Health, "reasons">,
  account: Pick<Account, "state" | "reason">,
): Reason[] {
  // The state comes of the lock.
  const isLockSaid = account.state === "restricted";
  return health.reasons.filter(
    ({ code }) => code !== account.reason?.code && !(isLockSaid && code === "time_lock"),
  );
}
