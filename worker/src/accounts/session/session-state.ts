import type { AccountState } from "@roost/contract/accounts";
import { endingOfReason } from "@roost/contract/endings";
import type { EventType } from "@roost/contract/events";
import type { SessionReport } from "@roost/contract/host";
import type { ReasonCode } from "@roost/contract/reasons";
import { afterTakeover } from "./own-rival.ts";
import type { StoredAccount, UnendedSession } from "../stored.ts";

type Facts = Pick<
  StoredAccount,
  "state" | "phone" | "formerPhone" | "lid" | "connectedAt" | "queue" | "session"
> & { hasBacklog: boolean };

/** What a report about a session means for the account, and what has to be done about it. */
export type SessionStep = {
  changes: Partial<
    Pick<
      StoredAccount,
      | "state"
      | "reason"
      | "phone"
      | "formerPhone"
      | "lid"
      | "connectedAt"
      | "queue"
      | "resumeAt"
      | "phoneSeenAt"
    >
  >;
  event: EventType | null;
  /**
   * `keep`: the host goes on with it. `restart`: it must run again, wherever there is room. `stop`: it
   * must not run. `forget`: nor can the credentials be used again.
   */
  next: "keep" | "restart" | "stop" | "forget";
  /** Another number than before is linked. */
  isOtherNumber?: boolean;
  /** For `restart`, when it was a host of our own that threw it out. */
  rival?: UnendedSession;
};

/** The host could not take it, or gives it back: nothing is wrong with the account. */
export function isGivenBack(reason: ReasonCode | null): boolean {
  return reason !== null && endingOfReason(reason).again === "elsewhere";
}

const KEEP = { changes: {}, event: null, next: "keep" } as const satisfies SessionStep;

/** The next step after a report of the session that the account believes. */
export function afterSessionReport(
  account: Facts,
  report: SessionReport,
  now: number,
): SessionStep {
  const isLinking = account.state === "linking";
  switch (report.state) {
    case "connecting":
      if (isLinking || account.state === "reconnecting") return KEEP;
      return changed({ state: "connecting", reason: report.reason ?? "starting" });
    case "connected":
      return connected(account, report);
    case "reconnecting":
      if (isLinking) return KEEP;
      return {
        changes: { state: "reconnecting", reason: report.reason ?? "connection_lost" },
        event: isOnline(account.state) ? "account.disconnected" : null,
        next: "keep",
      };
    case "ended":
      if (isLinking && isGivenBack(report.reason)) return { ...KEEP, next: "restart" };
      return isLinking ? linkEnded(report.reason) : ended(account, report, now);
  }
}

export function isOnline(state: AccountState): boolean {
  return state === "connected" || state === "restricted";
}

function connected(account: Facts, { reason, self, at }: SessionReport): SessionStep {
  const isRestricted = reason === "restricted";
  const state = isRestricted ? "restricted" : "connected";
  const isNew = account.state !== state;
  const phone = self?.phone ?? account.phone;
  const isOther = isOtherNumber(account, self);
  return {
    changes: {
      state,
      reason: isRestricted ? "restricted" : null,
      phone,
      formerPhone: null,
      lid: self?.lid ?? account.lid,
      connectedAt: isOnline(account.state) ? account.connectedAt : at,
      resumeAt: null,
      ...(isOther ? heldQueue(account) : {}),
    },
    isOtherNumber: isOther,
    event: isNew ? (isRestricted ? "account.restricted" : "account.connected") : null,
    next: "keep",
  };
}

/** A person who keeps their LID has changed their number; another LID is another person's phone. */
function isOtherNumber(account: Facts, self: SessionReport["self"]): boolean {
  const before = account.phone ?? account.formerPhone ?? null;
  if (before === null || self?.phone === null || self?.phone === undefined) return false;
  if (account.lid !== null && account.lid === self.lid) return false;
  return self.phone !== before;
}

/**
 * The chats, and what waits to be sent, belong to the number before: a person decides. After a reset
 * somebody chose to link another number, so only what waits needs them.
 */
function heldQueue({ queue, phone, hasBacklog }: Facts): Pick<SessionStep["changes"], "queue"> {
  if (phone === null && !hasBacklog) return {};
  if (queue.state === "frozen") return {};
  // A queue that takes nothing goes on taking nothing.
  const state = queue.state === "draining" ? "frozen" : "paused";
  return { queue: { state, reason: "backlog_number" } };
}

function linkEnded(reason: ReasonCode | null): SessionStep {
  return {
    ...changed({ state: "unlinked", reason: reason ?? "link_interrupted" }),
    next: "forget",
  };
}

function ended(account: Facts, report: SessionReport, now: number): SessionStep {
  const reason = report.reason ?? "host_lost";
  const ending = endingOfReason(reason);
  const lost = isOnline(account.state) ? "account.disconnected" : null;
  const rival = reason === "replaced" ? afterTakeover(account.session, now) : null;
  if (rival !== null) {
    const changes = { state: "reconnecting", reason: "host_lost" } as const;
    return { changes, event: lost, next: "restart", rival };
  }
  const { again, state } = ending;
  if (again !== "never" && again !== "when_over") {
    return { changes: { state: "reconnecting", reason }, event: lost, next: "restart" };
  }
  const waitMs = again === "when_over" ? ending.waitMs : null;
  return {
    changes: {
      state,
      reason,
      resumeAt: waitMs === null ? null : (report.until ?? now + waitMs),
    },
    event: eventOf(state) ?? lost,
    next: ending.credentials === "forget" ? "forget" : "stop",
  };
}

/** What needs a person is told, whatever the account was doing before. */
function eventOf(state: AccountState): EventType | null {
  if (state === "logged_out") return "account.logged_out";
  if (state === "banned") return "account.restricted";
  return state === "parked" ? "account.disconnected" : null;
}

function changed(changes: SessionStep["changes"]): SessionStep {
  return { changes, event: null, next: "keep" };
}
