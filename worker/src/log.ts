/**
 * Every line we can log. An operator reads this list to learn what there is to search for.
 * No bodies, no secrets, no whole phone numbers.
 */
export type LogEvent =
  | {
      event: "request.handled";
      request: string;
      method: string;
      /** The route's pattern, not the path: ids in it are named beside it. */
      route: string;
      ids: string[];
      status: number;
      code: string | undefined;
      duration_ms: number;
      tenant: string | undefined;
      actor: string | undefined;
    }
  | { event: "request.crashed"; request: string; error: string }
  | { event: "mail.failed"; request: string; kind: string; error: string }
  | { event: "job.malformed"; queue: string }
  | { event: "job.failed"; queue: string; account: string; lease: string; error: string }
  | { event: "lease.nudge_failed"; account: string; lease: string; error: string }
  | { event: "allowance.unasked"; account: string; error: string }
  | { event: "allowance.untold"; account: string; error: string }
  | { event: "batch.account_failed"; account: string; error: string }
  | { event: "checkpoint.failed"; account: string; error: string }
  | { event: "projection.failed"; account: string; error: string }
  | { event: "stream.watch_failed"; account: string; error: string }
  | { event: "stream.publish_failed"; account: string; error: string }
  | { event: "host.connected"; host: string; incarnation: string; sessions: number }
  | { event: "host.disconnected"; host: string; code: number }
  | { event: "host.silent"; host: string }
  | { event: "host.bad_frame"; host: string; error: string }
  | { event: "host.report_failed"; host: string; account: string; error: string }
  | { event: "host.account_not_told"; host: string; account: string; error: string }
  | { event: "host.keys_failed"; host: string; account: string; error: string }
  | { event: "alarm.given_up"; object: string; error: string }
  | { event: "watchdog.failed"; object: string; error: string }
  | { event: "host.balanced"; host: string; to: string; has_given: boolean }
  | { event: "host.fleet_failed"; host: string; error: string }
  | { event: "session.unplaced"; account: string; error: string }
  | { event: "report.refused"; account: string; kind: string; error: string }
  | { event: "session.command_failed"; account: string; host: string; error: string }
  | { event: "session.placed"; account: string; host: string; epoch: number }
  | { event: "session.fenced"; account: string; host: string; epoch: number };

/** Writes one JSON line. */
export function log(line: LogEvent): void {
  console.log(JSON.stringify(line));
}

/** An unknown failure as text for a log line. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
