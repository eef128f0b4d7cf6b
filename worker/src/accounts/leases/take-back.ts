import type { AccountStore } from "../account-store.ts";
import { settleMessage } from "../outbox/settle-message.ts";
import type { StoredMessage } from "../stored.ts";

/** Takes the message out of a lease that no host can have had: that needs no asking. False: one may have. */
export function takeBack(store: AccountStore, message: StoredMessage, now: number): boolean {
  if (!store.leases.isUntaken(message.n)) return false;
  settleMessage(store, message, "accepted", { at: now, now });
  return true;
}

/** The same for everything that is leased: for when nothing is to be handed out. */
export function takeAllBack(store: AccountStore, now: number): void {
  for (const n of store.outbox.inHand()) {
    const message = store.messages.find(n);
    if (message !== null) takeBack(store, message, now);
  }
}
