import type { QueueState } from "@roost/contract/accounts";
import { numberedId } from "@roost/contract/ids";
import type { Queue } from "@roost/contract/queue";
import type { AccountEngine } from "../account-engine.ts";
import { isHeld } from "../leases/next-lease.ts";
import { takeAllBack } from "../leases/take-back.ts";
import { presentQueue } from "./present-queue.ts";

/** What a host has not begun it gives back at once; a message that is being typed may take longer. */
const GIVEN_BACK_WITHIN_MS = 500;

/**
 * Opens, pauses or closes the queue. Once a pause is answered the host has given back what it had not
 * begun, if it can be reached: no more than the message in its hand leaves after that.
 */
export async function setQueue(engine: AccountEngine, state: QueueState): Promise<Queue> {
  const { store, sessions, askedBack } = engine;
  store.setAccount({ queue: { state, reason: null } });
  if (state === "active") store.change({ kind: "health_forgiven", now: Date.now() });
  if (!isHeld(state)) engine.sendAgain(store.leases.heldBack());
  else {
    takeAllBack(store, Date.now());
    sessions.commands.revoke(null);
  }
  engine.save();
  if (isHeld(state) && store.account().session.host !== null) {
    const { id } = store.account();
    const inHand = store.outbox.inHand().map((n) => numberedId("message", id, n));
    await askedBack.answers(inHand, GIVEN_BACK_WITHIN_MS);
  }
  return presentQueue(store, engine.limits(), Date.now());
}
