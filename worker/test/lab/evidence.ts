import type { Event } from "@roost/contract/events";
import type { Message } from "@roost/contract/messages";
import type { LedgerRow, PhoneMessage } from "../phones.ts";

/** What a client was told; `broken`: nothing, or nothing that it could read. */
export type Answer =
  | { kind: "accepted"; id: string; waId: string | null; account: string }
  | { kind: "refused"; status: number; code: string; isFinal: boolean }
  | { kind: "broken"; error: string };

export type Call = { at: number; doneAt: number; answer: Answer };

/** One message that a tenant's app wants to send, and every try to do so, all with one key. */
export type Sending = {
  n: number;
  tenant: number;
  /** The account asked for; null: the system chooses. */
  account: string | null;
  to: string;
  text: string;
  calls: Call[];
};

export type Cancelling = { n: number; id: string; call: Call };

/** One message that a contact sent to an account's number. */
export type Arrival = {
  n: number;
  account: string;
  from: string;
  text: string;
  waId: string;
  at: number;
};

export type LabAccount = {
  id: string;
  tenant: number;
  number: string;
  /** Null: no limit that a run could reach. */
  limits: { per_minute: number; per_hour: number; per_day: number } | null;
  /** Until then the limits held; null: they hold. */
  limitedUntil: number | null;
  /** When the phone was linked anew: what was on its way to the device before is WhatsApp's to drop. */
  relinked: { from: number; until: number }[];
};

/** What one reader of a journal got, in the order in which it came. */
export type Reading = {
  account: string;
  reader: string;
  /** It asked for everything; a listener begins with what happens next. */
  isFromStart: boolean;
  events: Event[];
};

/** An account believed this host's report, for the first time in a row. */
export type Belief = { at: number; account: string; host: string; epoch: number };

/** A look at another tenant's thing, and at the same path with nonsense in its place. */
export type Prying = { at: number; path: string; foreign: Seen; nonsense: Seen };
export type Seen = { status: number; code: string | null; detail: string | null };

/** A message that has been due for a while, and what its queue gave as the reason. */
export type Waiting = {
  at: number;
  account: string;
  message: string;
  state: string;
  dueForMs: number;
  reason: string | null;
};

/** An account as its own object says, and as the directory in D1 has it. */
export type DirectoryRow = {
  name: string;
  state: string;
  reason: string | null;
  phone: string | null;
  health: number;
  queueState: string;
};

/** Everything that was seen of a run from outside. */
export type Evidence = {
  accounts: LabAccount[];
  sendings: Sending[];
  cancellings: Cancelling[];
  arrivals: Arrival[];
  ledger: LedgerRow[];
  /** By number: what each phone shows. */
  phones: Map<string, PhoneMessage[]>;
  /** By account: ids of what the network regards as delivered to the account's device. */
  delivered: Map<string, Set<string>>;
  /** By account: the whole journal, at rest. */
  journals: Map<string, Event[]>;
  readings: Reading[];
  /** By id: every accepted message, at rest; null where the API does not know it. */
  messages: Map<string, Message | null>;
  beliefs: Belief[];
  pryings: Prying[];
  waitings: Waiting[];
  /** When the Worker's clock was not the true one. */
  skews: { from: number; until: number; ms: number }[];
  owners: Map<string, DirectoryRow>;
  directory: Map<string, DirectoryRow>;
};

/** The invariants of the design, by their number. */
export type Invariant = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

export type Violation = {
  invariant: Invariant;
  what: string;
  account: string | null;
  /** The message's id, or what else it is about. */
  message: string | null;
  /** The text, which is the same on every side. */
  text: string | null;
};

export function acceptedOf({ calls }: Sending): Extract<Answer, { kind: "accepted" }>[] {
  return calls.flatMap(({ answer }) => (answer.kind === "accepted" ? [answer] : []));
}

/** The messages that were accepted, once each, by id. */
export function acceptedMessages(
  sendings: readonly Sending[],
): Map<string, { sending: Sending; account: string; waId: string | null }> {
  const accepted = new Map<string, { sending: Sending; account: string; waId: string | null }>();
  for (const sending of sendings) {
    for (const { id, account, waId } of acceptedOf(sending)) {
      accepted.set(id, { sending, account, waId });
    }
  }
  return accepted;
}
