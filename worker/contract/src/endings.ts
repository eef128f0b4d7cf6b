import type { AccountState } from "./accounts.ts";
import type { ReasonCode } from "./reasons.ts";

/**
 * Every way a connection to WhatsApp, or a whole session, can end: one row each, read by hosts (is it
 * tried again?) and by the edge (what does the account show, and what becomes of its credentials?).
 * The sentence a person reads is the reason's. What no row names is the row `unknown`.
 */
export type Ending = {
  /** What happened, in a few words. */
  what: string;
  /** WhatsApp's own codes for it; none where we notice it ourselves. */
  codes: readonly number[];
  /**
   * The host dials again `at_once`, or `later` with growing pauses. `never`: the session ends, and only
   * a person starts it again. `when_over`: it ends, and the edge starts it again when its time is over.
   * `elsewhere`: it ends here and runs again on whichever host has room.
   */
  again: "at_once" | "later" | "never" | "when_over" | "elsewhere";
  /** After so many attempts in a row without a session that held there is no point in going on. */
  giveUpAfter: number | null;
  /** For `when_over`: how long to wait when WhatsApp does not say. */
  waitMs: number | null;
  /** What the account shows from then on. */
  state: AccountState;
  /** Whether the stored credentials can be used again. */
  credentials: "keep" | "forget";
  reason: ReasonCode;
  /** What a person sees when no phone was linked yet; null where linking simply goes on. */
  whileLinking: ReasonCode | null;
};

const HOUR_MS = 3_600_000;
/** With the pauses of the host, about an hour of trying. */
const GIVE_UP_AFTER = 20;

type Given = Pick<Ending, "what" | "reason"> & Partial<Ending>;

const base = { codes: [], giveUpAfter: null, waitMs: null, credentials: "keep" } as const;

function later(given: Given): Ending {
  return { ...base, again: "later", state: "reconnecting", whileLinking: null, ...given };
}

function never(given: Given & Pick<Ending, "state">): Ending {
  return { ...base, again: "never", whileLinking: given.reason, ...given };
}

export const endings = {
  device_removed: never({
    what: "the device was removed on the phone, or WhatsApp forgot it",
    codes: [401],
    state: "logged_out",
    credentials: "forget",
    reason: "logged_out_by_phone",
    whileLinking: "link_refused",
  }),
  temporarily_banned: never({
    what: "banned until a time that WhatsApp names",
    codes: [402],
    again: "when_over",
    waitMs: 6 * HOUR_MS,
    state: "banned",
    reason: "temporarily_banned",
  }),
  banned: never({ what: "banned", codes: [403], state: "banned", reason: "banned" }),
  client_outdated: never({
    what: "our client version, or the stored session's, is too old",
    codes: [405, 415],
    again: "when_over",
    waitMs: HOUR_MS,
    state: "parked",
    reason: "client_outdated",
  }),
  locked_out: never({
    what: "banned for how it was used",
    codes: [406],
    state: "banned",
    reason: "banned",
    whileLinking: "link_refused",
  }),
  connection_lost: later({
    what: "the connection broke, was refused or timed out",
    codes: [408, 428],
    reason: "connection_lost",
  }),
  conflict: later({
    what: "WhatsApp sees a conflict",
    codes: [409],
    giveUpAfter: GIVE_UP_AFTER,
    reason: "connection_refused",
    whileLinking: "link_refused",
  }),
  session_refused: never({
    what: "multi-device is off, or the stored session is not accepted",
    codes: [411, 419],
    state: "logged_out",
    reason: "credentials_refused",
    whileLinking: "link_refused",
  }),
  rate_limited: later({
    what: "too many connections",
    codes: [429],
    reason: "connection_refused",
    whileLinking: "link_refused",
  }),
  replaced: never({
    what: "another connection of the same device took over",
    codes: [440],
    state: "parked",
    reason: "replaced",
    whileLinking: "link_refused",
  }),
  // While linking this is also "invalid account signature": the phone's answer was not for us.
  server_error: later({
    what: "WhatsApp failed, or finds the session bad",
    codes: [500],
    giveUpAfter: GIVE_UP_AFTER,
    reason: "connection_refused",
    whileLinking: "link_refused",
  }),
  unavailable: later({
    what: "WhatsApp is unavailable",
    codes: [503],
    reason: "connection_refused",
  }),
  restart_required: later({
    what: "WhatsApp asks for a new connection",
    codes: [515, 516],
    again: "at_once",
    giveUpAfter: GIVE_UP_AFTER,
    reason: "restart_required",
  }),
  // The WebSocket upgrade was answered with an HTTP error: Baileys alone would wait forever.
  upgrade_refused: later({
    what: "the upgrade to WebSocket was refused",
    reason: "connection_refused",
  }),
  deaf: later({
    what: "connected, but no answer to the login, a message or a probe",
    reason: "not_answering",
  }),
  // The connection's cipher is out of step for good.
  unreadable_frame: later({
    what: "a frame could not be decrypted",
    giveUpAfter: GIVE_UP_AFTER,
    reason: "bad_frame",
  }),
  edge_silent: later({
    what: "the edge does not hear this host: the account may run elsewhere",
    reason: "connection_lost",
  }),
  passkey: never({
    what: "the phone demands a passkey",
    state: "parked",
    reason: "passkey_demanded",
  }),
  qr_ran_out: never({
    what: "nobody scanned a QR code",
    state: "unlinked",
    credentials: "forget",
    reason: "link_expired",
  }),
  code_not_typed: never({
    what: "the pairing code was not typed, or mistyped, or not confirmed",
    state: "unlinked",
    credentials: "forget",
    reason: "code_not_confirmed",
  }),
  code_refused: never({
    what: "WhatsApp gives no pairing code for the number",
    state: "unlinked",
    credentials: "forget",
    reason: "code_refused",
  }),
  not_confirmed: never({
    what: "the phone accepted the device and did not finish",
    state: "unlinked",
    credentials: "forget",
    reason: "link_not_confirmed",
  }),
  gave_up: never({
    what: "tried too often, or the session itself failed",
    state: "parked",
    reason: "gave_up",
  }),
  unlinked_by_us: never({
    what: "unlinked by its tenant",
    state: "unlinked",
    credentials: "forget",
    reason: "unlinked_by_us",
  }),
  host_lost: later({
    what: "its host went away or gave it back",
    again: "elsewhere",
    reason: "host_lost",
  }),
  host_draining: later({
    what: "its host is being taken out of service",
    again: "elsewhere",
    reason: "host_draining",
  }),
  host_full: later({
    what: "its host has no room",
    again: "elsewhere",
    reason: "host_full",
  }),
  host_moved: later({
    what: "it moves to a host with more room",
    again: "elsewhere",
    reason: "host_moved",
  }),
  unknown: later({
    what: "any other code, or none",
    giveUpAfter: GIVE_UP_AFTER,
    reason: "unknown",
    whileLinking: "link_refused",
  }),
} as const satisfies Record<string, Ending>;

export type EndingName = keyof typeof endings;

const byCode = new Map<number, Ending>();
const byReason = new Map<ReasonCode, Ending>();
for (const ending of Object.values<Ending>(endings)) {
  for (const code of ending.codes) byCode.set(code, ending);
  // Rows that share a reason lead to the same, so any of them tells what the reason leads to.
  if (!byReason.has(ending.reason)) byReason.set(ending.reason, ending);
}

/** The row for a code of WhatsApp's. */
export function endingOfCode(code: number | null): Ending {
  return (code === null ? undefined : byCode.get(code)) ?? endings.unknown;
}

/** What the end of a session for this reason leads to. */
export function endingOfReason(reason: ReasonCode): Ending {
  return byReason.get(reason) ?? endings.unknown;
}
