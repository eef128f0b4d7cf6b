import type { Limits } from "@roost/contract/accounts";
import { type ReasonCode, reason } from "@roost/contract/reasons";
import type { AccountStore } from "../account-store.ts";
import { coldHold } from "../limits/gates.ts";
import { HEALTHY_FROM } from "./health.ts";
import { accountData } from "../present.ts";
import type { StoredAccount } from "../stored.ts";
import { stageShown, warmUpLimit } from "../limits/warm-up.ts";

/** What the tenant has last been told of the number's standing. */
export type ToldStanding = {
  /** Why chats cannot be begun. */
  cold: ReasonCode | null;
  isWeak: boolean;
  cap: CapStatus;
  stage: number;
  isWarmUpHeld: boolean;
};

type CapStatus = "none" | "first_warning" | "second_warning" | "capped";

/** Until somebody is told otherwise. */
const nothing: ToldStanding = {
  cold: null,
  isWeak: false,
  cap: "none",
  stage: 1,
  isWarmUpHeld: false,
};

/** How the number stands now. `warm_up` off: its stages are nobody's business. */
function standingNow(
  account: Pick<StoredAccount, "state" | "standing" | "coldClosedUntil" | "warmUp" | "told">,
  score: number,
  limits: Limits,
  now: number,
): ToldStanding {
  const { state, standing, coldClosedUntil = null, warmUp, told = nothing } = account;
  const isRestricted = state === "restricted";
  const hold = coldHold({ isRestricted, standing, coldClosedUntil }, now);
  const isWarming = warmUpLimit(warmUp ?? null, limits) !== null;
  return {
    // A restricted number has an event of its own, with its state.
    cold: hold === null || hold.reason === "restricted" ? null : hold.reason,
    isWeak: score < HEALTHY_FROM,
    cap: standing?.newChatCap?.status ?? "none",
    stage: warmUp === undefined || !limits.warm_up ? told.stage : stageShown(warmUp, limits),
    isWarmUpHeld: isWarming && (warmUp?.isHeld ?? false),
  };
}

/** What there is to tell, in the words that a person reads. */
function standingNews(before: ToldStanding, after: ToldStanding): ReasonCode[] {
  const news: ReasonCode[] = [];
  if (after.cold !== before.cold) {
    if (after.cold !== null) news.push(after.cold);
    else news.push(before.cold === "new_chat_cap" ? "new_chat_cap_over" : "time_lock_over");
  }
  const isWarning = after.cap === "first_warning" || after.cap === "second_warning";
  if (after.cap !== before.cap && isWarning) news.push("new_chat_cap_warning");
  if (after.isWeak !== before.isWeak) news.push(after.isWeak ? "low_health" : "health_recovered");
  if (after.isWarmUpHeld && !before.isWarmUpHeld) news.push("warm_up_held");
  else if (after.stage > before.stage) news.push("warm_up_raised");
  return news;
}

/** Tells every change of standing once: an event, and a point of the history. */
export function tellStanding(store: AccountStore, limits: Limits, now: number): void {
  const account = store.account();
  const after = standingNow(account, store.health().score, limits, now);
  // A number that was linked long ago was not raised to its stage today.
  const before = account.told ?? { ...nothing, stage: after.stage };
  const isFirst = account.told === undefined && account.warmUp !== undefined;
  const isNews =
    isFirst ||
    (Object.keys(after) as (keyof ToldStanding)[]).some((fact) => after[fact] !== before[fact]);
  if (!isNews) return;
  store.setAccount({ told: after });
  for (const code of standingNews(before, after)) tellHealth(store, code, now);
}

/** One change of the account's health, with the reason for it. */
export function tellHealth(store: AccountStore, code: ReasonCode, now: number): void {
  store.change({ kind: "health_noted", reason: code, now });
  const content = { ...accountData(store), reason: reason(code) };
  store.emit({ type: "account.health_changed", at: now, content });
}
