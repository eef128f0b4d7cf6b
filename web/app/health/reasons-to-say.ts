import type { Account, Health } from "@roost/contract/accounts";
import type { Reason } from "@roost/contract/reasons";

/**
 * What holds an account back, without what the notice above its pages says already, and without what
 * is `asked` elsewhere on the page.
 */
export function reasonsToSay(
  health: Pick<Health, "reasons">,
  account: Pick<Account, "state" | "reason">,
  asked: Reason | null = null,
): Reason[] {
  // The state comes of the lock.
  const isLockSaid = account.state === "restricted";
  return health.reasons.filter(
    ({ code }) =>
      code !== account.reason?.code &&
      code !== asked?.code &&
      !(isLockSaid && code === "time_lock"),
  );
}
