import type { ReasonCode } from "@roost/contract/reasons";

/**
 * Every way a connection to WhatsApp can end. `again`: at once, a moment later with growing pauses, or
 * not at all. `reason` is what the tenant sees; `whileLinking` what they see when no phone was linked
 * yet, null where linking simply goes on.
 */
export type Way = {
  again: "at_once" | "later" | "never";
  reason: ReasonCode;
  whileLinking: ReasonCode | null;
  /** After this many attempts in a row without an open session there is no point in going on. */
  giveUpAfter: number | null;
};

const later = (
  reason: ReasonCode,
  giveUpAfter: number | null = null,
  whileLinking: ReasonCode | null = null,
): Way => ({ again: "later", reason, whileLinking, giveUpAfter });

const never = (reason: ReasonCode, whileLinking: ReasonCode): Way => ({
  again: "never",
  reason,
  whileLinking,
  giveUpAfter: null,
});

/** By WhatsApp's own code, as Baileys hands it on. */
export const waysToEnd: Readonly<Record<number, Way>> = {
  // The device was removed on the phone, or the stored session is not known any more.
  401: never("logged_out_by_phone", "link_refused"),
  402: never("temporarily_banned", "temporarily_banned"),
  403: never("banned", "banned"),
  405: never("client_outdated", "client_outdated"),
  406: never("banned", "link_refused"),
  // Connection lost, refused or timed out; also "the QR codes ran out", which `cause` tells apart.
  408: later("connection_lost"),
  409: later("connection_refused", 10, "link_refused"),
  // Multi-device is switched off for this number.
  411: never("credentials_refused", "link_refused"),
  // 415: the stored session speaks an older protocol than the server's.
  415: never("client_outdated", "client_outdated"),
  419: never("credentials_refused", "link_refused"),
  428: later("connection_lost"),
  429: later("connection_refused", null, "link_refused"),
  // Another socket of the same device took over: two owners, and we do not fight.
  440: never("replaced", "link_refused"),
  // While linking this is also "invalid account signature": the phone's answer was not for us.
  500: later("connection_refused", 10, "link_refused"),
  503: later("connection_refused"),
  515: { again: "at_once", reason: "restart_required", whileLinking: null, giveUpAfter: 20 },
  516: { again: "at_once", reason: "restart_required", whileLinking: null, giveUpAfter: 20 },
};

/** Endings that we bring about or detect ourselves; WhatsApp has no code for them. */
export const ownWaysToEnd = {
  /** The WebSocket upgrade was answered with an HTTP error: Baileys alone would wait forever. */
  upgrade_refused: later("connection_refused"),
  /** Connected, but nothing comes any more: no answer to the login, or to what was sent. */
  deaf: later("not_answering"),
  /** A frame could not be decrypted; the connection's cipher is out of step for good. */
  unreadable_frame: later("bad_frame"),
  /** The edge does not hear us: another host has the account by now. */
  edge_silent: later("connection_lost"),
  qr_ran_out: never("link_expired", "link_expired"),
  code_not_typed: never("code_not_confirmed", "code_not_confirmed"),
  passkey: never("passkey_demanded", "passkey_demanded"),
} satisfies Record<string, Way>;
export type OwnWay = keyof typeof ownWaysToEnd;

const unknownWay: Way = later("unknown", 10, "link_refused");

/** How a connection ended: by a code of WhatsApp's, or in a way of our own. */
export type Ending = { cause: OwnWay | "upstream"; code: number | null };

/** The row of the table for an ending; there is one for the unknown. */
export function wayOf({ cause, code }: Ending): Way {
  if (cause !== "upstream") return ownWaysToEnd[cause];
  return (code === null ? undefined : waysToEnd[code]) ?? unknownWay;
}
