import type { QuietHours } from "@roost/contract/accounts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** When the quiet hours that `now` lies in end; null outside of them. */
export function quietUntil(hours: QuietHours | null, now: number): number | null {
  if (hours === null) return null;
  const clock = minutesAt(now, hours.time_zone);
  const { start, end } = { start: minutesOf(hours.start), end: minutesOf(hours.end) };
  const isQuiet = start < end ? clock >= start && clock < end : clock >= start || clock < end;
  if (!isQuiet) return null;
  const until = nextTime(end, hours.time_zone, now);
  // Clocks that are put forward may skip all that is not quiet: then it goes on for a day.
  return quietUntil(hours, until) ?? until;
}

/** When the next quiet hours begin; null while it is quiet, and where there are none. */
export function quietFrom(hours: QuietHours | null, now: number): number | null {
  if (hours === null || quietUntil(hours, now) !== null) return null;
  return nextTime(minutesOf(hours.start), hours.time_zone, now);
}

/**
 * The next moment at which clocks there show this time of day or have just skipped it. When clocks are
 * put forward over it, it is the moment they are; when they are put back, the first of the two.
 */
function nextTime(time: number, timeZone: string, now: number): number {
  const from = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const clock = minutesAt(from, timeZone);
  const ahead = (time - clock + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const guess = from + ahead * MINUTE_MS;
  // Clocks that change in between make it earlier or later by what they change; never by more.
  const shown = minutesAt(guess, timeZone);
  const off = ((shown - time + DAY_MINUTES + DAY_MINUTES / 2) % DAY_MINUTES) - DAY_MINUTES / 2;
  if (off === 0) return guess;
  const moved = guess - off * MINUTE_MS;
  if (minutesAt(moved, timeZone) === time) return moved;
  // The time does not exist on that day: it is skipped at the moment of the change.
  return firstChange(Math.min(guess, moved), Math.max(guess, moved), timeZone);
}

/** The minute at which clocks jump between the two moments. */
function firstChange(from: number, to: number, timeZone: string): number {
  for (let at = from; at < to; at += MINUTE_MS) {
    const step = minutesAt(at + MINUTE_MS, timeZone) - minutesAt(at, timeZone);
    if ((step + DAY_MINUTES) % DAY_MINUTES !== 1) return at + MINUTE_MS;
  }
  return to;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Making a formatter costs far more than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATTERS = 100;

/** Minutes since midnight, as clocks in that zone show them. */
function minutesAt(at: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    if (formatters.size >= MAX_FORMATTERS) formatters.clear();
    const options = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    formatter = new Intl.DateTimeFormat("en-GB", options);
    formatters.set(timeZone, formatter);
  }
  return minutesOf(formatter.format(at));
}
