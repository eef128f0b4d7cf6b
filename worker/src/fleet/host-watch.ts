import { SILENT_AFTER_MS } from "@roost/contract/host";

/** After our own restart every host redials at once, and none of them did anything wrong. */
export const RESTART_GRACE_MS = 8_000;

export type HostWatch = {
  /** When the connected host was last heard; null while it is not connected. */
  seenAt: number | null;
  /** Until when it may come back; null when we did not see it go. */
  goneUntil: number | null;
};

export type Verdict = { kind: "wait"; until: number } | { kind: "silent" } | { kind: "gone" };

/** What to believe of a host now: give it time, or give it up. */
export function watchHost({ seenAt, goneUntil }: HostWatch, now: number): Verdict {
  if (seenAt !== null) {
    const until = seenAt + SILENT_AFTER_MS;
    return now < until ? { kind: "wait", until } : { kind: "silent" };
  }
  // The socket was lost with our memory.
  if (goneUntil === null) return { kind: "wait", until: now + RESTART_GRACE_MS };
  return now < goneUntil ? { kind: "wait", until: goneUntil } : { kind: "gone" };
}
