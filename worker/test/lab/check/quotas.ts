import type { Evidence, Violation } from "../evidence.ts";

const WINDOWS = [
  { name: "minute", ms: 60_000, limit: "per_minute" },
  { name: "hour", ms: 3_600_000, limit: "per_hour" },
  { name: "day", ms: 86_400_000, limit: "per_day" },
] as const;

/**
 * Invariant 5: in no window did WhatsApp see more than the limit. A window in which the Worker's clock
 * was not the true one is no window of true time, and is left out.
 */
export function checkQuotas({ accounts, ledger, skews }: Evidence): Violation[] {
  return accounts.flatMap(({ id, number, limits, limitedUntil }) => {
    if (limits === null) return [];
    const times = ledger
      .filter(({ account, device }) => account === number && device !== 0)
      .map(({ at }) => Date.parse(at))
      .filter((at) => limitedUntil === null || at < limitedUntil)
      .toSorted((left, right) => left - right);
    return WINDOWS.flatMap(({ name, ms, limit }) => {
      const isTrue = (from: number, until: number): boolean =>
        !skews.some((skew) => skew.from < until && skew.until > from);
      const most = mostWithin(times, ms, isTrue);
      if (most === null || most.count <= limits[limit]) return [];
      const what = `${most.count} messages in the ${name} from ${new Date(most.from).toISOString()}, the limit is ${limits[limit]}`;
      return [{ invariant: 5, what, account: id, message: null, text: null } as const];
    });
  });
}

/** The fullest window: from its first message on, up to but without the instant `ms` later. */
function mostWithin(
  times: readonly number[],
  ms: number,
  counts: (from: number, until: number) => boolean,
): { from: number; count: number } | null {
  let most: { from: number; count: number } | null = null;
  let first = 0;
  for (const [index, until] of times.entries()) {
    while ((times[first] ?? until) <= until - ms) first += 1;
    const from = times[first] ?? until;
    const count = index - first + 1;
    if (count > (most?.count ?? 0) && counts(from, until)) most = { from, count };
  }
  return most;
}
