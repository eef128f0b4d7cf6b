import type { Limits } from "@roost/contract/accounts";
import type { AccountStore } from "./account-store.ts";
import { isWaiting } from "./message-state.ts";
import { isHeld } from "./next-lease.ts";
import { turnAt } from "./quota.ts";
import type { StoredMessage } from "./stored.ts";

/** A message that waits: how many go before it, and when it is due. */
export type Waiting = { ahead: number; sendAt: number | null };

/** When it will go out, as things stand; null while nobody knows, because nothing goes out. */
export function estimateFor(
  store: AccountStore,
  limits: Limits,
  { ahead, sendAt }: Waiting,
  now: number,
): number | null {
  const { state, queue, session } = store.account();
  const isOnline = (state === "connected" || state === "restricted") && session.host !== null;
  if (!isOnline || isHeld(queue.state)) return null;
  const turn = turnAt(store.quota(), limits, store.outbox.counts().leased, ahead, now);
  if (sendAt === null || sendAt <= now) return turn;
  return Math.max(sendAt, turn ?? now);
}

/** The estimate for a message that was accepted earlier; null unless it waits. */
export function estimateOf(
  store: AccountStore,
  limits: Limits,
  { states, out }: StoredMessage,
  now: number,
): number | null {
  const state = states.at(-1)?.[0];
  if (out === null || state === undefined || !isWaiting(state)) return null;
  // Those before it may have gone: no more are before it than wait in all.
  const others = Math.max(0, store.outbox.counts().accepted - 1);
  const ahead = state === "accepted" ? Math.min(others, out.position - 1) : 0;
  return estimateFor(store, limits, { ahead, sendAt: out.sendAt }, now);
}
