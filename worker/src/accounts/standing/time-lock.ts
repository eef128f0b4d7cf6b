import type { AccountStore } from "../account-store.ts";
import { accountData } from "../present.ts";
import type { StoredAccount } from "../stored.ts";

type Facts = Pick<StoredAccount, "state" | "standing">;

/** Whether WhatsApp's lock on new chats holds; null when WhatsApp has said nothing of it. */
export function isLocked({ standing }: Pick<Facts, "standing">, now: number): boolean | null {
  const lock = standing?.timeLock ?? null;
  if (lock === null) return null;
  return lock.is_active && (lock.until === null || lock.until > now);
}

/** When a lock ends that the account's state shows; null when there is none, or nobody knows. */
export function lockEnd({ state, standing }: Facts): number | null {
  return state === "restricted" ? (standing?.timeLock?.until ?? null) : null;
}

/** Lets the state of a connected account follow the lock, which WhatsApp may lift without a word. */
export function followTimeLock(store: AccountStore, now: number): void {
  const account = store.account();
  const locked = isLocked(account, now);
  if (account.state === "connected" && locked === true) {
    store.setAccount({ state: "restricted", reason: "restricted" });
    store.emit({ type: "account.restricted", at: now, content: accountData(store) });
  } else if (account.state === "restricted" && locked === false) {
    store.setAccount({ state: "connected", reason: null });
    store.emit({ type: "account.connected", at: now, content: accountData(store) });
  }
}
