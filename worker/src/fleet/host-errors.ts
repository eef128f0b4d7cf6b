import type { Report } from "@roost/contract/host";
import type { ReasonCode } from "@roost/contract/reasons";

/** How often sessions of a host ended or failed for one reason. */
export type ErrorCount = { reason: ReasonCode; count: number; lastAt: number };

const HOUR_MS = 3_600_000;
/** Older hours are forgotten: this many, times the reasons there are, is all that is ever kept. */
export const KEEP_HOURS = 7 * 24;

/** Ends that somebody wanted, or that are part of how it works. */
const EXPECTED: ReadonlySet<ReasonCode> = new Set([
  "starting",
  "stopped",
  "unlinked_by_us",
  "restart_required",
  "link_cancelled",
  "link_expired",
  "host_draining",
  "host_moved",
]);

/** The kind of error that a report tells; null when it tells of none. */
export function errorOf(report: Report): ReasonCode | null {
  if (report.kind === "link") return expected(report.state === "failed" ? report.error : null);
  if (report.kind !== "session") return null;
  const hasEnded = report.state === "ended" || report.state === "reconnecting";
  return expected(hasEnded ? report.reason : null);
}

function expected(reason: ReasonCode | null): ReasonCode | null {
  return reason === null || EXPECTED.has(reason) ? null : reason;
}

/** A host's errors by kind and hour. Counted in memory first: a storm of them is a few rows. */
export class HostErrors {
  private readonly sql: SqlStorage;
  private fresh = new Map<ReasonCode, { count: number; lastAt: number }>();

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  note(reason: ReasonCode, now: number): void {
    const count = (this.fresh.get(reason)?.count ?? 0) + 1;
    this.fresh.set(reason, { count, lastAt: now });
  }

  /** Writes down what was counted since the last time. */
  keep(now: number): void {
    if (this.fresh.size === 0) return;
    const hour = Math.floor(now / HOUR_MS);
    for (const [reason, { count, lastAt }] of this.fresh) {
      this.sql.exec(
        `INSERT INTO errors VALUES (?, ?, ?, ?) ON CONFLICT (hour, reason)
         DO UPDATE SET count = count + excluded.count, last_at = excluded.last_at`,
        hour,
        reason,
        count,
        lastAt,
      );
    }
    this.fresh.clear();
    this.sql.exec("DELETE FROM errors WHERE hour <= ?", hour - KEEP_HOURS);
  }

  /** All since then, to the hour; the most frequent first. */
  since(at: number): ErrorCount[] {
    const totals = new Map<ReasonCode, ErrorCount>();
    const add = ({ reason, count, lastAt }: ErrorCount): void => {
      const known = totals.get(reason);
      totals.set(reason, {
        reason,
        count: count + (known?.count ?? 0),
        lastAt: Math.max(lastAt, known?.lastAt ?? 0),
      });
    };
    const rows = this.sql.exec<ErrorCount>(
      "SELECT reason, count, last_at AS lastAt FROM errors WHERE hour >= ?",
      Math.floor(at / HOUR_MS),
    );
    for (const row of rows.toArray()) add(row);
    for (const [reason, { count, lastAt }] of this.fresh) add({ reason, count, lastAt });
    return [...totals.values()].sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
  }
}
