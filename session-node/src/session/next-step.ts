import type { LinkReport } from "@roost/contract/host";
import type { ReasonCode } from "@roost/contract/reasons";
import { growingPause, type Timings } from "../timings.ts";
import { type Ending, wayOf } from "../whatsapp/ways-to-end.ts";

/** How often a QR that broke before it was scanned is replaced by a new one without asking anybody. */
const MAX_QR_RESTARTS = 5;

export type Linking = {
  method: LinkReport["method"];
  /** The phone has accepted us; what remains is an ordinary login. */
  isPaired: boolean;
  /** A person may be typing this code: it must not silently become another one. */
  hasShownCode: boolean;
};

export type Facts = {
  ending: Ending;
  /** Null when the account is linked. */
  linking: Linking | null;
  /** How long the connection was open; null if it never was. */
  openForMs: number | null;
  /** Connections in a row, this one included, that were not open for long enough to count. */
  failures: number;
};

export type NextStep =
  | { kind: "reconnect"; pauseMs: number; reason: ReasonCode; failures: number }
  /** Begin to link anew, with fresh credentials: the old ones were never accepted. */
  | { kind: "link_again"; pauseMs: number; failures: number }
  | {
      kind: "end";
      reason: ReasonCode;
      link: { state: "expired" | "failed" } | null;
      /** Until when WhatsApp refuses the number, where it said so. */
      until?: number;
    };

/** What to do after a connection ended. `random` is in [0, 1). */
export function nextStep(facts: Facts, timings: Timings, random: number): NextStep {
  const { ending, linking } = facts;
  const way = wayOf(ending);
  const isHealthy = facts.openForMs !== null && facts.openForMs >= timings.settledMs;
  const failures = isHealthy ? 1 : facts.failures;
  const pauseMs =
    way.again === "at_once" && failures <= 3
      ? 0
      : growingPause(failures, timings.reconnectPause, random);

  if (linking && !linking.isPaired) {
    const isExpired = ending.cause === "qr_ran_out" || ending.cause === "code_not_typed";
    if (isExpired) return { kind: "end", reason: way.reason, link: { state: "expired" } };
    const reason = way.whileLinking ?? interrupted(linking, failures);
    if (reason) return { kind: "end", reason, link: { state: "failed" } };
    return { kind: "link_again", pauseMs, failures };
  }

  const isLinking = linking !== null;
  if (way.again === "never" || way.again === "when_over") {
    const reason = isLinking ? (way.whileLinking ?? way.reason) : way.reason;
    const until = ending.until ?? null;
    const link = isLinking ? ({ state: "failed" } as const) : null;
    return { kind: "end", reason, link, ...(until === null ? {} : { until }) };
  }
  if (way.giveUpAfter !== null && failures >= way.giveUpAfter) {
    return { kind: "end", reason: "gave_up", link: isLinking ? { state: "failed" } : null };
  }
  return { kind: "reconnect", pauseMs, reason: way.reason, failures };
}

function interrupted(linking: Linking, failures: number): ReasonCode | null {
  if (linking.hasShownCode || failures > MAX_QR_RESTARTS) return "link_interrupted";
  return null;
}
