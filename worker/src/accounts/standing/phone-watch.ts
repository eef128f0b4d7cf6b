import type { ReasonCode } from "@roost/contract/reasons";
import type { AccountStore } from "../account-store.ts";
import { accountData } from "../present.ts";
import type { StoredAccount } from "../stored.ts";
import { reason } from "@roost/contract/reasons";

const DAY_MS = 86_400_000;

/** WhatsApp drops a linked device whose phone stays away for 14 days: a person hears of it before. */
const WARNINGS = [
  { afterMs: 10 * DAY_MS, reason: "phone_unseen_10_days" },
  { afterMs: 12 * DAY_MS, reason: "phone_unseen_12_days" },
  { afterMs: 13 * DAY_MS, reason: "phone_unseen_13_days" },
] as const satisfies readonly { afterMs: number; reason: ReasonCode }[];

export type PhoneWarning = (typeof WARNINGS)[number]["reason"];

type Facts = Pick<StoredAccount, "phone" | "state" | "phoneSeenAt">;

/** A phone is missed only while the account is linked to it. */
function seenAt({ phone, state, phoneSeenAt }: Facts): number | null {
  const isLinked = phone !== null && !["unlinked", "linking", "logged_out"].includes(state);
  return isLinked ? (phoneSeenAt ?? null) : null;
}

/** What is to be said about the phone now; null when it was seen lately. */
export function phoneWarning(account: Facts, now: number): PhoneWarning | null {
  const at = seenAt(account);
  if (at === null) return null;
  return WARNINGS.findLast(({ afterMs }) => now >= at + afterMs)?.reason ?? null;
}

/** When there will be something else to say, unless the phone is seen before. */
export function nextPhoneWarning(account: Facts, now: number): number | null {
  const at = seenAt(account);
  if (at === null) return null;
  const next = WARNINGS.find(({ afterMs }) => now < at + afterMs);
  return next === undefined ? null : at + next.afterMs;
}

/** Tells what changed about the phone since it was last told. Telling it twice changes nothing. */
export function watchPhone(store: AccountStore, now: number): void {
  const account = store.account();
  const warning = phoneWarning(account, now);
  const told = account.phoneWarning ?? null;
  if (warning === told) return;
  store.setAccount({ phoneWarning: warning });
  // An unlinked account has no phone to be missed, so there is nothing to be glad of either.
  if (warning === null && seenAt(account) === null) return;
  const content = { ...accountData(store), reason: reason(warning ?? "phone_seen_again") };
  store.emit({ type: "account.health_changed", at: now, content });
}
