import type { Limits } from "@roost/contract/accounts";
import type { Lane } from "@roost/contract/messages";
import type { ReasonCode } from "@roost/contract/reasons";
import {
  type Budget,
  countSent,
  emptyQuota,
  isAhead,
  type Quota,
  type Room,
  roomWithin,
  setBack,
  usedWithin,
  type WindowLimits,
  type WindowName,
} from "./quota.ts";
import type { Grade } from "../leases/stranger.ts";

/** What was sent lately: in all, what of it was not a reply, and how many chats were begun. */
export type Sends = { all: Quota; direct: Quota; campaign: Quota; newChats: Quota };
/** What a host has in hand of each lane, and how many of those begin a chat. */
export type InHand = Record<Lane, number> & { newChats: number };

export function noSends(): Sends {
  return {
    all: emptyQuota(),
    direct: emptyQuota(),
    campaign: emptyQuota(),
    newChats: emptyQuota(),
  };
}

/** Counts a message that went out, or may have gone out. */
export function countMessage(sends: Sends, lane: Lane, grade: Grade, at: number): void {
  countSent(sends.all, at);
  if (lane !== "reply") countSent(sends[lane], at);
  if (grade === "new") countSent(sends.newChats, at);
}

/** Whether the clock shows that it was far ahead when some of these were counted. */
export function isClockBehind(sends: Sends, now: number): boolean {
  return isAhead(sends.all, now);
}

export function setSendsBack(sends: Sends, now: number): void {
  for (const quota of Object.values(sends)) setBack(quota, now);
}

/**
 * How many more of this lane may be handed out now. Each lane has its share of every window, and what
 * is not a reply has the greater of the two shares together: what is left of it is kept for replies.
 */
export function laneRoom(
  lane: Lane,
  sends: Sends,
  limits: Limits,
  inHand: InHand,
  now: number,
): Room {
  const { reply, direct, campaign } = inHand;
  const all: Budget = { quotas: [sends.all], limits, inFlight: reply + direct + campaign };
  if (lane === "reply") return roomWithin([all], now);
  const shares = limits.lane_shares;
  const together: Budget = {
    quotas: [sends.direct, sends.campaign],
    limits: shareOf(limits, Math.max(shares.direct, shares.campaign)),
    inFlight: direct + campaign,
    reason: "lane_share",
  };
  const own: Budget = {
    quotas: [sends[lane]],
    limits: shareOf(limits, shares[lane]),
    inFlight: inHand[lane],
    reason: "lane_share",
  };
  return roomWithin([all, together, own], now);
}

/** How many more chats may be begun now, within any day. */
export function newChatRoom(
  sends: Sends,
  limit: number,
  reason: ReasonCode,
  inHand: InHand,
  now: number,
): Room {
  const limits = { per_day: limit };
  const room = roomWithin(
    [{ quotas: [sends.newChats], limits, inFlight: inHand.newChats, reason }],
    now,
  );
  // Of what a host has in hand when it dies nobody knows what went out, so it counts: not too much.
  const most = Math.max(5, Math.ceil(limit / 10));
  return { ...room, left: Math.min(room.left, Math.max(0, most - inHand.newChats)) };
}

/** A share of each limit, in percent; never nothing. */
export function shareOf(limits: WindowLimits, percent: number): WindowLimits {
  const share = (limit: number) => Math.max(1, Math.floor((limit * percent) / 100));
  return {
    per_minute: share(limits.per_minute),
    per_hour: share(limits.per_hour),
    per_day: share(limits.per_day),
  };
}

/** What each lane has sent within each window, what is in hand included. */
export function usedByLane(
  sends: Sends,
  inHand: InHand,
  now: number,
): Record<Lane | "all", Record<WindowName, number>> {
  const all = usedWithin(sends.all, now);
  const direct = usedWithin(sends.direct, now);
  const campaign = usedWithin(sends.campaign, now);
  const windows = (used: (name: WindowName) => number) => ({
    minute: used("minute"),
    hour: used("hour"),
    day: used("day"),
  });
  return {
    all: windows((name) => all[name] + inHand.reply + inHand.direct + inHand.campaign),
    reply: windows((name) => Math.max(0, all[name] - direct[name] - campaign[name]) + inHand.reply),
    direct: windows((name) => direct[name] + inHand.direct),
    campaign: windows((name) => campaign[name] + inHand.campaign),
  };
}
