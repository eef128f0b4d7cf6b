import type { AccountStore } from "../account-store.ts";
import { backlogStep } from "./backlog.ts";
import { tellHealth } from "../standing/tell-standing.ts";

/**
 * Looks whether the account went away or came back, and holds the queue when what waited meanwhile is
 * for a person to look at. Call before anything is handed out. Answers whether it holds it now.
 */
export function holdBacklog(store: AccountStore, now: number): boolean {
  const { state, away, queue } = store.account();
  const isHere = state === "connected" || state === "restricted";
  // Nothing to find out: the account is where it was.
  if (away === null ? isHere : away !== undefined && !isHere && state !== "banned") return false;
  const { accepted, scheduled } = store.outbox.counts();
  const step = backlogStep(
    {
      state,
      away,
      queueState: queue.state,
      waiting: accepted + scheduled,
      oldestDueAt: isHere ? oldestDueAt(store) : null,
    },
    now,
  );
  if (step.away !== away) store.setAccount({ away: step.away });
  if (step.hold === null) return false;
  const held = queue.state === "draining" ? "frozen" : "paused";
  store.setAccount({ queue: { state: held, reason: step.hold } });
  tellHealth(store, step.hold, now);
  return true;
}

function oldestDueAt(store: AccountStore): number | null {
  let oldest: number | null = null;
  for (const n of store.outbox.numbers()) {
    const message = store.messages.find(n);
    const state = message?.states.at(-1)?.[0];
    // What a host had in hand when it was lost is due again, and says so only with its next lease.
    const isDue = state === "accepted" || (state === "leased" && !store.leases.has(n));
    if (message === null || !isDue) continue;
    const dueAt = message.out?.sendAt ?? message.createdAt;
    if (oldest === null || dueAt < oldest) oldest = dueAt;
  }
  return oldest;
}
