import type { StoredSession, UnendedSession } from "../stored.ts";

/** A socket that a frozen host still holds is closed by WhatsApp long before. */
const MAY_WAKE_FOR_MS = 15 * 60_000;
/** A rival of ours ends when it is thrown out. One that comes again and again is not ours. */
const MAX_COMEBACKS = 5;

/**
 * WhatsApp says that another connection took the session over. Where an earlier session of ours was
 * never seen to end, its host has woken up: ours comes back, and the other ends by itself. Null: it is
 * somebody else, and we do not fight.
 */
export function afterTakeover(session: StoredSession, now: number): UnendedSession | null {
  const { unended } = session;
  if (unended === null || unended === undefined) return null;
  const isOurs = now - unended.leftAt < MAY_WAKE_FOR_MS && unended.comebacks < MAX_COMEBACKS;
  return isOurs ? { ...unended, comebacks: unended.comebacks + 1 } : null;
}

/** What is left without having been seen to end, after the host is asked to stop the session. */
export function unendedAfterLeaving(session: StoredSession, now: number): UnendedSession | null {
  const { host, epoch, unended } = session;
  if (host === null) return unended ?? null;
  return { host, epoch, leftAt: now, comebacks: unended?.comebacks ?? 0 };
}
