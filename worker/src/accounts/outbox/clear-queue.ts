import { type MessageId, numberedId, ownerOf } from "@roost/contract/ids";
import type { ClearedQueue, CountedQueue } from "@roost/contract/queue";
import type { AccountEngine } from "../account-engine.ts";
import type { AccountStore } from "../account-store.ts";
import { ANSWER_WITHIN_MS, cancelNow } from "./cancel-message.ts";
import { isMeant, type StoredFilter } from "./message-filter.ts";

/** So many are cancelled in one go: a few milliseconds, then others get their turn. */
const AT_ONCE = 1_000;

type Clear = Pick<AccountEngine, "store" | "sessions" | "askedBack" | "save" | "whileHeld">;

/**
 * Cancels what the filter means and is not begun. What a host holds is asked back first; while all this
 * goes on nothing is handed out, or what is meant could leave in between.
 */
export function clearQueue(engine: Clear, filter: StoredFilter): Promise<ClearedQueue> {
  return engine.whileHeld(async () => {
    const { store, sessions, askedBack } = engine;
    const { id: account } = store.account();
    const meant = meantBy(store, filter);
    const inHand = meant.filter((n) => store.leases.has(n));
    const ids = inHand.map((n): MessageId => numberedId("message", account, n));
    if (ids.length > 0) sessions.commands.revoke(ids);
    const answered = askedBack.answers(ids, ANSWER_WITHIN_MS, (id) => {
      cancelNumber(store, ownerOf(id).number);
    });
    for (let from = 0; from < meant.length; from += AT_ONCE) {
      for (const n of meant.slice(from, from + AT_ONCE)) cancelNumber(store, n);
      engine.save();
      await scheduler.wait(0);
    }
    await answered;
    engine.save();
    return count(meant.map((n) => store.messages.find(n)?.states.at(-1)?.[0]));
  });
}

/** What a clear by this filter would find now; it changes nothing. */
export function countQueue(store: AccountStore, filter: StoredFilter): CountedQueue {
  const meant = meantBy(store, filter);
  const waiting = meant.filter((n) => isWaiting(store, n)).length;
  return { waiting, begun: meant.length - waiting };
}

function isWaiting(store: AccountStore, n: number): boolean {
  const state = store.messages.find(n)?.states.at(-1)?.[0];
  return state === "accepted" || state === "scheduled";
}

/** The numbers of what is not finished and meant. */
function meantBy(store: AccountStore, filter: StoredFilter): number[] {
  return (filter.numbers ?? store.outbox.numbers()).filter((n) => {
    const message = store.messages.find(n);
    return message !== null && !store.isFinished(n) && isMeant(store, message, filter);
  });
}

function cancelNumber(store: AccountStore, n: number): void {
  const message = store.messages.find(n);
  if (message !== null) cancelNow(store, message);
}

/** An unconfirmed message was begun long ago, and nobody asked for it now. */
function count(states: (string | undefined)[]): ClearedQueue {
  const cancelled = states.filter((state) => state === "cancelled").length;
  return { cancelled, begun: states.length - cancelled };
}
