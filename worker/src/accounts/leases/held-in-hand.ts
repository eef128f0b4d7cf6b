import type { AccountStore } from "../account-store.ts";
import type { Gates } from "../limits/gates.ts";
import type { StoredMessage } from "../stored.ts";

/** Whether the message must not go out now, though a host may have it. */
export function isGated(store: AccountStore, message: StoredMessage, gates: Gates): boolean {
  const lane = message.out?.lane ?? "reply";
  if (lane === "reply") return false;
  if (lane === "campaign" && gates.campaign !== null) return true;
  return gates.strangers !== null && store.gradeOf(message) !== "known";
}

/** What a host has in hand and must give back, because what it was handed out under has changed. */
export function heldInHand(store: AccountStore, gates: Gates): number[] {
  if (gates.campaign === null && gates.strangers === null) return [];
  return store.outbox.inHand().filter((n) => {
    const message = store.messages.find(n);
    return message !== null && isGated(store, message, gates);
  });
}
