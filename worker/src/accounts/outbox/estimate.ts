import type { Limits } from "@roost/contract/accounts";
import type { Lane } from "@roost/contract/messages";
import type { AccountStore } from "../account-store.ts";
import { laneRoom, newChatRoom } from "../limits/budgets.ts";
import { LANES } from "../leases/lanes.ts";
import { gatesNow, inHandOf, newChatsOf } from "../leases/lease-facts.ts";
import { isWaiting } from "./message-state.ts";
import { isHeld } from "../leases/next-lease.ts";
import { quietUntil } from "../limits/quiet-hours.ts";
import type { Room } from "../limits/quota.ts";
import { type Grade, gradeOf } from "../leases/stranger.ts";
import type { StoredMessage } from "../stored.ts";

/** A message that waits: whose it is, how many of its lane and those before it go first, and when it is due. */
export type Waiting = { lane: Lane; grade: Grade; ahead: number; sendAt: number | null };

/** When it will go out, as things stand; null while nobody knows, because nothing goes out. */
export function estimateFor(
  store: AccountStore,
  limits: Limits,
  { lane, grade, ahead, sendAt }: Waiting,
  now: number,
): number | null {
  const { state, queue, session } = store.account();
  const isOnline = (state === "connected" || state === "restricted") && session.host !== null;
  if (!isOnline || isHeld(queue.state)) return null;
  const gates = gatesNow(store, limits, now);
  const gate =
    lane === "reply" ? null : (gates[lane] ?? (grade === "known" ? null : gates.strangers));
  if (gate !== null && gate.until === null) return null;
  const inHand = inHandOf(store);
  const turns = [turnAt(laneRoom(lane, store.sends(), limits, inHand, now), ahead, now)];
  if (grade === "new") {
    const { limit, reason } = newChatsOf(store, limits);
    const { left, ...room } = newChatRoom(store.sends(), limit, reason, inHand, now);
    // What is in hand holds it up for a moment only.
    turns.push(room.reason === null ? now : turnAt({ ...room, left }, 0, now));
  }
  let at = Math.max(now, sendAt ?? 0, gate?.until ?? 0);
  for (const turn of turns) {
    // At its own time there will be room, as far as anybody knows.
    if (turn === null && at === now) return null;
    at = Math.max(at, turn ?? 0);
  }
  // The limits may open in the quiet hours, which then hold it on.
  return lane === "reply" ? at : (quietUntil(limits.quiet_hours, at) ?? at);
}

/** The estimate for a message that was accepted earlier; null unless it waits. */
export function estimateOf(
  store: AccountStore,
  limits: Limits,
  { chat, states, out }: StoredMessage,
  now: number,
): number | null {
  const state = states.at(-1)?.[0];
  if (out === null || state === undefined || !isWaiting(state)) return null;
  const { lane, sendAt } = out;
  // Those before it may have gone: no more are before it than wait in all.
  const others = Math.max(0, waitingBefore(store, lane) - 1);
  const ahead = state === "accepted" ? Math.min(others, out.position - 1) : 0;
  const grade = gradeOf(store.chats.find(chat));
  return estimateFor(store, limits, { lane, grade, ahead, sendAt }, now);
}

/** How many wait in this lane and in those that go before it. */
export function waitingBefore(store: AccountStore, lane: Lane): number {
  const lanes = store.outbox.laneCounts();
  return LANES.slice(0, LANES.indexOf(lane) + 1).reduce((sum, l) => sum + lanes[l].accepted, 0);
}

/** When a message has room that so many others go before; null while what is in hand hides it. */
function turnAt({ left, until, per }: Room, ahead: number, now: number): number | null {
  if (left > ahead) return now;
  if (until === null || per === undefined) return null;
  return until + Math.floor(ahead / Math.max(1, per.limit)) * per.ms;
}
