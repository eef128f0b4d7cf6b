const DAY_MS = 86_400_000;
/** WhatsApp logs linked devices out when their phone was away this long. */
export const DAYS_UNTIL_LOGGED_OUT = 14;
/** From then on the health names it as a reason. */
export const DAYS_UNTIL_WARNED = 10;

/** Whole days since the phone was last online. */
export function daysUnseen(seenAt: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(seenAt)) / DAY_MS));
}
