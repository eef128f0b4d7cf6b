import type { Id, MessageId } from "@roost/contract/ids";
import type { LinkState } from "@roost/contract/accounts";
import type { OutcomeReport } from "@roost/contract/host";
import type { ReasonCode } from "@roost/contract/reasons";

type Of = { account: Id<"account">; epoch: number };

/** Everything the host ever says. No phone numbers, no message texts, no key material. */
export type LogEvent =
  | { event: "host.refused"; problems: readonly string[] }
  | { event: "host.started"; host: string; capacity: number; sandbox: boolean }
  | { event: "host.draining"; sessions: number }
  | { event: "host.stopped"; unacknowledged_reports: number }
  | { event: "promise.unhandled"; error: string }
  | { event: "edge.connected"; acked: number; repeated: number }
  | { event: "edge.lost"; cause: string; retry_in_ms: number }
  | { event: "edge.unreadable_frame"; problem: string }
  | { event: "edge.forgotten_by"; silent_ms: number }
  | ({ event: "session.refused"; reason: ReasonCode } & Of)
  | ({ event: "session.started"; linking: boolean } & Of)
  | ({ event: "session.connected"; after_ms: number } & Of)
  | ({
      event: "session.interrupted";
      reason: ReasonCode;
      upstream_code: number | null;
      retry_in_ms: number;
    } & Of)
  | ({ event: "session.ended"; reason: ReasonCode | null; upstream_code: number | null } & Of)
  | ({ event: "session.standing"; is_locked: boolean | null; cap: string | null } & Of)
  | ({ event: "session.not_unlinked" } & Of)
  | ({ event: "session.crashed"; error: string } & Of)
  | ({ event: "link.updated"; state: LinkState; reason: ReasonCode | null } & Of)
  | ({
      event: "message.attempted";
      message: MessageId;
      attempt: number;
      result: OutcomeReport["result"];
      code: string | null;
      duration_ms: number;
    } & Of)
  | ({ event: "message.untranslated"; error: string } & Of)
  | ({ event: "keys.unreadable"; kind: string } & Of)
  | { event: "sandbox.unreachable"; error: string };

export type Log = (event: LogEvent) => void;

let unwritten = "";

/** Writes one line of JSON to standard output; the lines of one tick leave together. */
export function log(event: LogEvent): void {
  if (unwritten === "") setImmediate(writeLines);
  unwritten += `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`;
}

function writeLines(): void {
  process.stdout.write(unwritten);
  unwritten = "";
}

/** Long enough to be a person's number; codes, ports and times are shorter. */
const NUMBER = /\d{7,}/g;

/**
 * What an unknown thrown thing says, without its stack: stacks of Baileys may carry stanzas, and its
 * messages name people by their numbers.
 */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(NUMBER, "…");
}
