/** The same shape in every zone, so that nothing moves when the zone becomes known. */
const formats = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { day: "numeric", month: "short" },
  day: { day: "numeric", month: "short", year: "numeric" },
  moment: { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
export type TimeFormat = keyof typeof formats;

/** A point in time as text, in a zone. */
export function formatTime(iso: string, format: TimeFormat, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...formats[format], timeZone }).format(new Date(iso));
}

/** Today's and yesterday's days by name, others by date. */
export function formatDay(iso: string, now: number, timeZone: string): string {
  const day = formatTime(iso, "day", timeZone);
  const nameOf = (time: number): string =>
    formatTime(new Date(time).toISOString(), "day", timeZone);
  if (day === nameOf(now)) return "Today";
  return day === nameOf(now - 86_400_000) ? "Yesterday" : day;
}
