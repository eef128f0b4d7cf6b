import type { AccountState } from "@roost/contract/accounts";
import type { EventType } from "@roost/contract/events";
import type { SessionReport } from "@roost/contract/host";
import type { ReasonCode } from "@roost/contract/reasons";
import type { StoredAccount } from "./stored.ts";

type Facts = Pick<StoredAccount, "state" | "phone" | "lid" | "connectedAt">;

/** What a report about a session means for the account, and what has to be done about it. */
export type SessionStep = {
  changes: Partial<Pick<StoredAccount, "state" | "reason" | "phone" | "lid" | "connectedAt">>;
  event: EventType | null;
  /**
   * `keep`: the host goes on with it. `restart`: it must run again, wherever there is room. `stop`: it
   * must not run. `forget`: nor can the credentials be used again. `log_out`: the phone must be told.
   */
  next: "keep" | "restart" | "stop" | "forget" | "log_out";
};

/** Ends after which the session does not start again by itself. All others are restored. */
const ENDINGS: Partial<Record<ReasonCode, { state: AccountState; next: "stop" | "forget" }>> = {
  logged_out_by_phone: { state: "logged_out", next: "forget" },
  credentials_refused: { state: "logged_out", next: "stop" },
  banned: { state: "banned", next: "stop" },
  temporarily_banned: { state: "banned", next: "stop" },
  replaced: { state: "parked", next: "stop" },
  client_outdated: { state: "parked", next: "stop" },
  gave_up: { state: "parked", next: "stop" },
  unlinked_by_us: { state: "unlinked", next: "forget" },
  link_other_number: { state: "unlinked", next: "forget" },
};

/** The host could not take it, or gives it back: nothing is wrong with the account. */
const GIVEN_BACK: ReadonlySet<ReasonCode> = new Set(["host_full", "host_draining", "host_moved"]);

export function isGivenBack(reason: ReasonCode | null): boolean {
  return reason !== null && GIVEN_BACK.has(reason);
}

const KEEP = { changes: {}, event: null, next: "keep" } as const satisfies SessionStep;

/** The next step after a report of the session that the account believes. */
export function afterSessionReport(account: Facts, report: SessionReport): SessionStep {
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
      return isLinking ? linkEnded(report.reason) : ended(account, report.reason ?? "host_lost");
  }
}

export function isOnline(state: AccountState): boolean {
  return state === "connected" || state === "restricted";
}

function connected(account: Facts, { reason, self, at }: SessionReport): SessionStep {
  const phone = self?.phone ?? account.phone;
  // The chats are those of the number before; another number is another account.
  if (account.phone !== null && phone !== account.phone) {
    return {
      changes: { state: "unlinked", reason: "link_other_number" },
      event: isOnline(account.state) ? "account.disconnected" : null,
      next: "log_out",
    };
  }
  const isRestricted = reason === "restricted";
  const state = isRestricted ? "restricted" : "connected";
  const isNew = account.state !== state;
  return {
    changes: {
      state,
      reason: isRestricted ? "restricted" : null,
      phone,
      lid: self?.lid ?? account.lid,
      connectedAt: isOnline(account.state) ? account.connectedAt : at,
    },
    event: isNew ? (isRestricted ? "account.restricted" : "account.connected") : null,
    next: "keep",
  };
}

function linkEnded(reason: ReasonCode | null): SessionStep {
  return {
    ...changed({ state: "unlinked", reason: reason ?? "link_interrupted" }),
    next: "forget",
  };
}

function ended(account: Facts, reason: ReasonCode): SessionStep {
  const ending = ENDINGS[reason];
  const lost = isOnline(account.state) ? "account.disconnected" : null;
  if (ending === undefined) {
    return { changes: { state: "reconnecting", reason }, event: lost, next: "restart" };
  }
  const { state, next } = ending;
  return {
    changes: { state, reason },
    event: state === "logged_out" ? "account.logged_out" : lost,
    next,
  };
}

function changed(changes: SessionStep["changes"]): SessionStep {
  return { changes, event: null, next: "keep" };
}
