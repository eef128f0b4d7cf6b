import type { AccountState } from "../account-state.ts";
import type { Change, StoredLease } from "../stored.ts";
import { countOut } from "./count.ts";

export function openLease(state: AccountState, lease: StoredLease): void {
  state.leases.open(lease);
  for (const { n } of lease.messages) {
    const message = state.messages.find(n);
    if (message === null) continue;
    message.attempt += 1;
    if (message.out !== null) message.out.beginsChat = state.gradeOf(message) === "new";
    if (message.states.at(-1)?.[0] !== "leased") message.states.push(["leased", lease.cutAt]);
    state.messages.touch(message);
    state.outbox.place(message);
  }
}

/** Another attempt of the same lease. The one before may have gone out, at a time nobody knows. */
export function offerLease(
  state: AccountState,
  { id, messages, now }: Extract<Change, { kind: "lease_offered" }>,
): void {
  state.leases.offer(id, messages, now);
  for (const { n } of messages) {
    const message = state.messages.find(n);
    if (message === null) continue;
    message.attempt += 1;
    message.mayBeOut = true;
    state.messages.touch(message);
    countOut(state, message, now);
  }
}

/** The host has lost it: what has no outcome may be out all the same, and is to be sent again. */
export function closeLease(state: AccountState, id: StoredLease["id"], now: number): void {
  for (const n of state.leases.close(id)) {
    const message = state.messages.find(n);
    if (message === null) continue;
    message.mayBeOut = true;
    state.messages.touch(message);
    countOut(state, message, now);
    state.makeReady(n);
  }
}
