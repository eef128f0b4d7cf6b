import type { Limits, QueueState } from "@roost/contract/accounts";
import type { Lane } from "@roost/contract/messages";
import type { ReasonCode } from "@roost/contract/reasons";
import { type InHand, laneRoom, newChatRoom, type Sends } from "../limits/budgets.ts";
import type { Gates, Hold } from "../limits/gates.ts";
import { LANES } from "./lanes.ts";
import type { Pick } from "../outbox/outbox.ts";
import type { Room } from "../limits/quota.ts";
import { type Grade, GRADES } from "./stranger.ts";

/** The most that one lease holds; the host protocol says so too. */
export const LEASE_SIZE = 20;
/** What a host may have in hand for one account: enough that its pipeline never runs dry. */
export const MAX_IN_FLIGHT = 80;
/** With less in hand than this, anything due is handed out at once, however little it is. */
const LOW_WATER = 10;
const LOOK_AGAIN_MS = 50;

/** Whether nothing is handed out, and what was handed out is asked back. */
export function isHeld(state: QueueState): boolean {
  return state === "paused" || state === "frozen";
}

export type LeaseFacts = {
  isConnected: boolean;
  notConnectedReason: ReasonCode | null;
  queueState: QueueState;
  queueReason: ReasonCode | null;
  /** Due messages that no host has. */
  due: Record<Lane, Record<Grade, number>>;
  inHand: InHand;
  sends: Sends;
  limits: Limits;
  /** What the warm-up leaves of `new_chats_per_day`, and whether it is the warm-up that decides. */
  newChats: { limit: number; reason: ReasonCode; until: number | null };
  /** What WhatsApp's own cap leaves, where it has told one. */
  capLeft: { left: number; until: number | null } | null;
  gates: Gates;
  /** How many campaign messages fit into what a host is given to plan. */
  campaignSlots: number;
};

/** What to hand out now, in order; and of each lane why some of it is held, if some is. */
export type LeaseDecision = { picks: Pick[]; holds: Record<Lane, Hold | null> };

/** What may go out of one lane. */
type LaneRoom = { pick: Pick; hold: Hold | null };

/** Which due messages to hand out now, and how many. A lane that is held stops no other. */
export function nextLease(facts: LeaseFacts, now: number): LeaseDecision {
  const closed = closedBy(facts);
  const rooms: LaneRoom[] = [];
  const inHand = { ...facts.inHand };
  for (const lane of LANES) {
    const room = roomOf(lane, closed, { ...facts, inHand }, now);
    rooms.push(room);
    // What goes out of the lanes before it is not there any more for those behind.
    inHand[lane] += room.pick.count;
    inHand.newChats += room.pick.newChats;
  }
  const [reply, direct, campaign] = rooms.map(({ hold }) => hold);
  return {
    picks: worthIt(
      rooms.map(({ pick }) => pick),
      facts.inHand,
    ),
    holds: { reply: reply ?? null, direct: direct ?? null, campaign: campaign ?? null },
  };
}

/** Why nothing goes out at all. */
function closedBy(facts: LeaseFacts): Hold | null {
  if (isHeld(facts.queueState)) {
    return { reason: facts.queueReason ?? "queue_paused", until: null };
  }
  if (!facts.isConnected) {
    return { reason: facts.notConnectedReason ?? "not_connected", until: null };
  }
  return null;
}

function roomOf(lane: Lane, closed: Hold | null, facts: LeaseFacts, now: number): LaneRoom {
  const { known, unanswered, new: fresh } = facts.due[lane];
  const total = known + unanswered + fresh;
  const none: Pick = { lane, count: 0, grades: [], newChats: 0 };
  if (total === 0) return { pick: none, hold: null };
  const gate = closed ?? (lane === "reply" ? null : facts.gates[lane]);
  if (gate !== null) return { pick: none, hold: gate };
  const room = laneRoom(lane, facts.sends, facts.limits, facts.inHand, now);
  if (room.left === 0) return { pick: none, hold: holdOf(room) };

  const toStrangers = lane === "reply" ? null : facts.gates.strangers;
  const chats = newChats(facts, now);
  const begun = toStrangers === null ? Math.min(fresh, chats.left, room.left) : 0;
  const able = known + (toStrangers === null ? unanswered : 0) + begun;
  const slots = lane === "campaign" ? facts.campaignSlots : Infinity;
  const pick: Pick = {
    lane,
    count: Math.min(able, room.left, slots),
    grades: toStrangers === null ? GRADES : ["known"],
    newChats: begun,
  };
  if (toStrangers !== null && unanswered + fresh > 0) return { pick, hold: toStrangers };
  const isChatHeld = fresh > 0 && chats.left === 0 && chats.reason !== null;
  return { pick, hold: isChatHeld ? holdOf(chats) : null };
}

function newChats(facts: LeaseFacts, now: number): Room {
  const ours = ownNewChats(facts, now);
  if (facts.capLeft === null) return ours;
  const left = Math.max(0, facts.capLeft.left - facts.inHand.newChats);
  if (left >= ours.left) return ours;
  return { left, reason: "new_chat_cap", until: facts.capLeft.until };
}

function ownNewChats({ newChats, sends, inHand }: LeaseFacts, now: number): Room {
  const { limit, reason, until } = newChats;
  const room = newChatRoom(sends, limit, reason, inHand, now);
  if (room.left > 0 || until === null || until <= now) return room;
  // The next stage of the warm-up may open it before the window does.
  return { ...room, until: room.until === null ? until : Math.min(room.until, until) };
}

/** The hold of the most urgent lane that has one. */
export function firstHold({ reply, direct, campaign }: LeaseDecision["holds"]): Hold | null {
  return reply ?? direct ?? campaign;
}

/** When the first lane may have room again; null while nobody knows. */
export function earliestEnd(holds: readonly (Hold | null)[], now: number): number | null {
  const ends = holds.flatMap((hold) => hold?.until ?? []);
  // Never at once: what has not opened by its time is looked at again, but not without rest.
  return ends.length === 0 ? null : Math.max(Math.min(...ends), now + LOOK_AGAIN_MS);
}

function holdOf({ reason, until }: Room): Hold {
  return { reason: reason ?? "quota_minute", until };
}

/**
 * What is worth a lease. A lane is served at once while a host has little of it and of those before it;
 * otherwise a lease waits until it is full, so that a busy account has few.
 */
function worthIt(picks: readonly Pick[], inHand: InHand): Pick[] {
  const able = picks.filter(({ count }) => count > 0);
  const sum = able.reduce((total, { count }) => total + count, 0);
  const { reply, direct, campaign } = inHand;
  const isFull = sum >= LEASE_SIZE && reply + direct + campaign + LEASE_SIZE <= MAX_IN_FLIGHT;
  if (isFull) return able;
  const ahead = { reply, direct: reply + direct, campaign: reply + direct + campaign };
  return able.filter(({ lane }) => ahead[lane] < LOW_WATER);
}
