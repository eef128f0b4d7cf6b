import type { Limits } from "@roost/contract/accounts";
import type { ReasonCode } from "@roost/contract/reasons";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * What was sent lately, counted in buckets: by the second for the last minute, by the minute for the
 * day. Each bucket is `[start, count]`, in order. A bucket counts until its last instant has left the
 * window, so a window is never exceeded, and at most a second or a minute too strict.
 */
export type Quota = { seconds: [number, number][]; minutes: [number, number][] };

const WINDOWS = [
  { name: "minute", ms: MINUTE, limit: "per_minute", reason: "quota_minute" },
  { name: "hour", ms: HOUR, limit: "per_hour", reason: "quota_hour" },
  { name: "day", ms: DAY, limit: "per_day", reason: "quota_day" },
] as const;

export type WindowName = (typeof WINDOWS)[number]["name"];
export type Room = { left: number; reason: ReasonCode | null; until: number | null };

export function emptyQuota(): Quota {
  return { seconds: [], minutes: [] };
}

/** Counts `count` messages that went out at `at`. Forgets what no window reaches any more. */
export function countSent(quota: Quota, at: number, count = 1): void {
  add(quota.seconds, Math.floor(at / SECOND) * SECOND, count);
  for (;;) {
    const [oldest] = quota.seconds;
    if (oldest === undefined || oldest[0] + SECOND + MINUTE > at) break;
    quota.seconds.shift();
    add(quota.minutes, Math.floor(oldest[0] / MINUTE) * MINUTE, oldest[1]);
  }
  while ((quota.minutes[0]?.[0] ?? at) + MINUTE + DAY <= at) quota.minutes.shift();
}

/** How many were sent within each window that ends now. */
export function usedWithin(quota: Quota, now: number): Record<WindowName, number> {
  return {
    minute: used(quota, now, MINUTE),
    hour: used(quota, now, HOUR),
    day: used(quota, now, DAY),
  };
}

/**
 * How many more may be handed out now. What a host has in hand (`inFlight`) counts in every window
 * until its outcome says when it went out: so the limit holds on the wire too, however late it is sent.
 */
export function roomFor(
  quota: Quota,
  limits: Pick<Limits, "per_minute" | "per_hour" | "per_day">,
  inFlight: number,
  now: number,
): Room {
  let room: Room = { left: Infinity, reason: null, until: null };
  for (const { ms, limit, reason } of WINDOWS) {
    const left = Math.max(0, limits[limit] - used(quota, now, ms) - inFlight);
    const isTighter = left < room.left;
    if (isTighter) room = { left, reason: null, until: null };
    if (left > 0) continue;
    // The widest full window decides: a shorter one reopens earlier and helps nothing.
    room = { left: 0, reason, until: freeAt(quota, now, ms) };
  }
  return room;
}

/** When a message has room that so many others go before; null while what is in hand hides it. */
export function turnAt(
  quota: Quota,
  limits: Pick<Limits, "per_minute" | "per_hour" | "per_day">,
  inFlight: number,
  ahead: number,
  now: number,
): number | null {
  const { left, reason, until } = roomFor(quota, limits, inFlight, now);
  if (left > ahead) return now;
  const full = WINDOWS.find((window) => window.reason === reason);
  if (full === undefined || until === null) return null;
  return until + Math.floor(ahead / limits[full.limit]) * full.ms;
}

function used(quota: Quota, now: number, windowMs: number): number {
  let sum = 0;
  for (const [start, count] of quota.seconds) if (start + SECOND > now - windowMs) sum += count;
  if (windowMs === MINUTE) return sum;
  for (const [start, count] of quota.minutes) if (start + MINUTE > now - windowMs) sum += count;
  return sum;
}

/** When the oldest bucket leaves the window; null when only what is in hand fills it. */
function freeAt(quota: Quota, now: number, windowMs: number): number | null {
  const ends = [
    ...quota.seconds.map(([start]) => start + SECOND),
    ...(windowMs === MINUTE ? [] : quota.minutes.map(([start]) => start + MINUTE)),
  ].filter((end) => end > now - windowMs);
  return ends.length === 0 ? null : Math.min(...ends) + windowMs;
}

function add(buckets: [number, number][], start: number, count: number): void {
  const last = buckets.at(-1);
  // Clocks of a restarted object may be behind: then the newest bucket takes it, which is stricter.
  if (last !== undefined && last[0] >= start) last[1] += count;
  else buckets.push([start, count]);
}
