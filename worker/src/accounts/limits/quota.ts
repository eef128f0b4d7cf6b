import type { Limits } from "@roost/contract/accounts";
import type { ReasonCode } from "@roost/contract/reasons";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * What was sent lately, counted in buckets: by the second for the last minute, by the minute for the
 * last hour, by the quarter of an hour for the day. Each bucket is `[start, count]`, in order. A
 * bucket counts until its last instant has left the window, so a window is never exceeded, and at
 * most one bucket too strict.
 */
export type Quota = {
  seconds: [number, number][];
  minutes: [number, number][];
  /** Absent in what was stored before there were any. */
  quarters?: [number, number][];
};

/** As many as a day can touch. Kept by number, not by age: a clock that is ahead forgets nothing. */
const MAX_QUARTERS = DAY / QUARTER + 2;
/** A clock this far behind what was counted was wrong then, and is not now. */
const MAX_AHEAD_MS = HOUR;

const WINDOWS = [
  { name: "minute", ms: MINUTE, limit: "per_minute", reason: "quota_minute" },
  { name: "hour", ms: HOUR, limit: "per_hour", reason: "quota_hour" },
  { name: "day", ms: DAY, limit: "per_day", reason: "quota_day" },
] as const;

export type WindowName = (typeof WINDOWS)[number]["name"];
export type WindowLimits = Pick<Limits, "per_minute" | "per_hour" | "per_day">;
/**
 * `reason` and `until` say why nothing is left, and when something will be; `per`, how many go out in
 * how long once the full window opens.
 */
export type Room = {
  left: number;
  reason: ReasonCode | null;
  until: number | null;
  per?: { limit: number; ms: number };
};

/** How many more of these quotas' messages each of their windows takes, what is in hand included. */
export type Budget = {
  quotas: readonly Quota[];
  limits: Partial<WindowLimits>;
  inFlight: number;
  /** Why it is full, where that is not simply the window's limit. */
  reason?: ReasonCode;
};

export function emptyQuota(): Quota {
  return { seconds: [], minutes: [], quarters: [] };
}

/** Counts `count` messages that went out at `at`. Forgets what no window reaches any more. */
export function countSent(quota: Quota, at: number, count = 1): void {
  const quarters = (quota.quarters ??= []);
  add(quota.seconds, Math.floor(at / SECOND) * SECOND, count);
  fold(quota.seconds, SECOND + MINUTE, quota.minutes, MINUTE, at);
  fold(quota.minutes, MINUTE + HOUR, quarters, QUARTER, at);
  while (quarters.length > MAX_QUARTERS) quarters.shift();
}

/** Moves what is older than `age` into the coarser buckets. */
function fold(
  fine: [number, number][],
  age: number,
  coarse: [number, number][],
  width: number,
  at: number,
): void {
  for (;;) {
    const [oldest] = fine;
    if (oldest === undefined || oldest[0] + age > at) return;
    fine.shift();
    add(coarse, Math.floor(oldest[0] / width) * width, oldest[1]);
  }
}

/** Whether something was counted at times that a clock only shows when it is wrong. */
export function isAhead(quota: Quota, now: number): boolean {
  return newest(quota) > now + MAX_AHEAD_MS;
}

/**
 * The clock was set back by a long way: what was counted at times to come was sent by now at the
 * latest, and counts from now; what was counted before counts as late as it can have been. Without
 * this a wrong clock would close the windows for as long as it was ahead.
 */
export function setBack(quota: Quota, now: number): void {
  const { seconds, minutes, quarters = [] } = quota;
  const latest = (buckets: readonly [number, number][], width: number) =>
    buckets.map(([start, count]): [number, number] => [Math.min(start + width - 1, now), count]);
  const all = [
    ...latest(quarters, QUARTER),
    ...latest(minutes, MINUTE),
    ...latest(seconds, SECOND),
  ].sort(([a], [b]) => a - b);
  Object.assign(quota, emptyQuota());
  for (const [at, count] of all) countSent(quota, at, count);
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
 * How many more may be handed out now. What a host has in hand counts in every window until its
 * outcome says when it went out: so the limits hold on the wire too, however late it is sent.
 */
export function roomWithin(budgets: readonly Budget[], now: number): Room {
  let room: Room = { left: Infinity, reason: null, until: null };
  for (const { quotas, limits, inFlight, reason: why } of budgets) {
    for (const { ms, limit, reason } of WINDOWS) {
      const most = limits[limit];
      if (most === undefined) continue;
      const sent = quotas.reduce((sum, quota) => sum + used(quota, now, ms), 0);
      const left = Math.max(0, most - sent - inFlight);
      if (left > 0) {
        if (left < room.left) room = { left, reason: null, until: null };
        continue;
      }
      const until = freeAt(quotas, now, ms);
      // Of several that are full the one that opens last decides: the others help nothing.
      if (room.left > 0 || (until ?? 0) > (room.until ?? 0)) {
        room = { left: 0, reason: why ?? reason, until, per: { limit: most, ms } };
      }
    }
  }
  return room;
}

/** How many more may be handed out of one quota. */
export function roomFor(quota: Quota, limits: WindowLimits, inFlight: number, now: number): Room {
  return roomWithin([{ quotas: [quota], limits, inFlight }], now);
}

/** How many were sent since then; a bucket that begins before counts whole. */
export function sentSince({ seconds, minutes, quarters = [] }: Quota, at: number): number {
  return within(seconds, SECOND, at) + within(minutes, MINUTE, at) + within(quarters, QUARTER, at);
}

/** When the last one was sent, at the latest; null when none was. */
export function lastSentAt({ seconds }: Quota): number | null {
  const last = seconds.at(-1);
  return last === undefined ? null : last[0] + SECOND - 1;
}

function used(quota: Quota, now: number, windowMs: number): number {
  const { seconds, minutes, quarters = [] } = quota;
  const since = now - windowMs;
  // Behind what was counted, some may lie in coarser buckets than their age asks for.
  const isBehind = newest(quota) > now;
  let sum = within(seconds, SECOND, since);
  if (windowMs > MINUTE || isBehind) sum += within(minutes, MINUTE, since);
  if (windowMs > HOUR || isBehind) sum += within(quarters, QUARTER, since);
  return sum;
}

function newest({ seconds }: Quota): number {
  return seconds.at(-1)?.[0] ?? 0;
}

function within(buckets: readonly [number, number][], width: number, since: number): number {
  let sum = 0;
  for (let i = buckets.length - 1; i >= 0; i--) {
    const [start, count] = buckets[i] ?? [0, 0];
    if (start + width <= since) break;
    sum += count;
  }
  return sum;
}

/** When the oldest bucket leaves the window; null when only what is in hand fills it. */
function freeAt(quotas: readonly Quota[], now: number, windowMs: number): number | null {
  let oldest: number | null = null;
  for (const quota of quotas) {
    const isBehind = newest(quota) > now;
    for (const [buckets, width] of [
      [quota.seconds, SECOND],
      [windowMs > MINUTE || isBehind ? quota.minutes : [], MINUTE],
      [windowMs > HOUR || isBehind ? (quota.quarters ?? []) : [], QUARTER],
    ] as const) {
      const first = buckets.find(([start]) => start + width > now - windowMs);
      if (first === undefined) continue;
      const end = first[0] + width;
      if (oldest === null || end < oldest) oldest = end;
    }
  }
  return oldest === null ? null : oldest + windowMs;
}

function add(buckets: [number, number][], start: number, count: number): void {
  const last = buckets.at(-1);
  // Clocks of a restarted object may be behind: then the newest bucket takes it, which is stricter.
  if (last !== undefined && last[0] >= start) last[1] += count;
  else buckets.push([start, count]);
}
