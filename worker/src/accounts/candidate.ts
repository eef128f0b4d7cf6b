import type { Account, Limits } from "@roost/contract/accounts";
import type { Peer } from "@roost/contract/host";
import type { AccountStore } from "./account-store.ts";
import { laneRoom } from "./limits/budgets.ts";
import { gatesNow, inHandOf } from "./leases/lease-facts.ts";
import { gradeOf } from "./leases/stranger.ts";
import { presentAccount } from "./present.ts";

/** What decides whether a message that names no account goes through this one. */
export type Candidate = Pick<Account, "id" | "state" | "health" | "queue_state"> & {
  /** How many more it may send now, less what waits already. */
  left: number;
  /** WhatsApp does not let it write to people who never wrote to it. */
  isColdClosed: boolean;
  /** For each person asked about: when they and the account last had to do with each other. */
  chats: (number | null)[];
  /** For each of them: whether they ever wrote to the account, so that a restricted one may answer. */
  hasWritten: boolean[];
};

export function candidateFor(
  store: AccountStore,
  limits: Limits,
  peers: readonly Peer[],
  now: number,
): Candidate {
  const { id, state, health, queue_state } = presentAccount(store);
  const known = peers.map((peer) => store.chats.findPeer(peer));
  const { left } = laneRoom("direct", store.sends(), limits, inHandOf(store), now);
  return {
    id,
    state,
    health,
    queue_state,
    left: Math.max(0, left - store.outbox.counts().accepted),
    isColdClosed: gatesNow(store, limits, now).strangers !== null,
    chats: known.map((chats) =>
      chats.length === 0 ? null : Math.max(...chats.map((chat) => chat.updatedAt)),
    ),
    hasWritten: known.map((chats) => chats.some((chat) => gradeOf(chat) === "known")),
  };
}
