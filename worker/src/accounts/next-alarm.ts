/** Whatever an account waits for; null where it waits for nothing of the kind. */
export type Waits = {
  lease: number | null;
  outbox: number | null;
  quota: number | null;
  standing: number | null;
  rest: number | null;
  placement: number | null;
  start: number | null;
  link: number | null;
  resume: number | null;
  lock: number | null;
  phone: number | null;
  projection: number | null;
};

/** Alarms are rows: they may come this much late rather than be moved. */
const EARLIEST_MS = 10;

/**
 * When the one alarm must ring; null when nothing waits. An alarm that is set already and rings
 * earlier is left alone: it looks, finds nothing, and arms the next.
 */
export function nextAlarm(waits: Waits, armedAt: number | null, now: number): number | null {
  let next: number | null = null;
  for (const at of Object.values(waits)) {
    if (at !== null && (next === null || at < next)) next = at;
  }
  if (next === null || (armedAt !== null && armedAt <= next)) return null;
  return Math.max(next, now + EARLIEST_MS);
}
