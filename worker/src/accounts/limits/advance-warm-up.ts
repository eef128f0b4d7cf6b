import type { Limits } from "@roost/contract/accounts";
import type { AccountStore } from "../account-store.ts";
import { warmUpOf } from "../leases/lease-facts.ts";
import { usedWithin } from "./quota.ts";
import { warmUpAfter } from "./warm-up.ts";

/** Moves the number up the ladder, or holds it, when that is due. */
export function advanceWarmUp(store: AccountStore, limits: Limits, now: number): void {
  const before = warmUpOf(store, now);
  if (before === null || !limits.warm_up) return;
  const isUsed = usedWithin(store.sends().all, now).day > 0;
  const after = warmUpAfter(before, { now, score: store.health().score, isUsed });
  if (after !== store.account().warmUp) store.setAccount({ warmUp: after });
}
