import { useRouteLoaderData } from "@remix-run/react";
import { useEffect } from "react";
import { useHydrated } from "../lib/use-hydrated.ts";
import { formatTime, type TimeFormat } from "../lib/times.ts";
import type { loader } from "../root.tsx";
import { zoneCookie } from "../theme.ts";

/** A point in time, in the reader's zone as soon as it is known; the shape stays the same. */
export function Time({
  at,
  format = "moment",
  className,
}: {
  at: string;
  format?: TimeFormat;
  className?: string;
}) {
  const timeZone = useTimeZone();
  return (
    <time
      dateTime={at}
      title={`${formatTime(at, "day", timeZone)}, ${formatTime(at, "time", timeZone)} ${timeZone}`}
      className={className}
      style={{ fontVariantNumeric: "tabular-nums" }}
    >
      {formatTime(at, format, timeZone)}
    </time>
  );
}

/** The reader's zone: what the browser says, before that what it said the last time. */
export function useTimeZone(): string {
  const remembered = useRouteLoaderData<typeof loader>("root")?.timeZone ?? "UTC";
  return useHydrated() ? browserZone() : remembered;
}

/** Tells the server the zone for the next page. */
export function TimeZoneCookie() {
  useEffect(() => {
    document.cookie = zoneCookie(browserZone());
  }, []);
  return null;
}

function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
