import { type MessageId, numberedId } from "@roost/contract/ids";
import type { AccountStore } from "../account-store.ts";
import type { Gates } from "../limits/gates.ts";
import { heldInHand } from "./held-in-hand.ts";
import { takeBack } from "./take-back.ts";

/** Gets back, before its turn, what a host has in hand and may not send any more. Each is asked once. */
export class HeldBack {
  private readonly store: AccountStore;
  private readonly asked = new Set<number>();

  constructor(store: AccountStore) {
    this.store = store;
  }

  /** Takes back what no host has had. Answers what its host is to be asked for. */
  toAsk(gates: Gates, now: number): MessageId[] {
    const held = heldInHand(this.store, gates);
    if (held.length === 0) this.asked.clear();
    const asked = held.filter((n) => {
      const message = this.store.messages.find(n);
      return !this.asked.has(n) && !(message !== null && takeBack(this.store, message, now));
    });
    for (const n of asked) this.asked.add(n);
    const { id } = this.store.account();
    return asked.map((n) => numberedId("message", id, n));
  }

  /** The message has an outcome. Whether it had been asked for. */
  answered(n: number): boolean {
    return this.asked.delete(n);
  }
}
