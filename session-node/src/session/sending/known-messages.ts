import type { LeasedMessage, OutcomeReport, Peer } from "@roost/contract/host";
import type { MessageId } from "@roost/contract/ids";
import type { MessageError } from "@roost/contract/messages";

export type Outcome = {
  result: OutcomeReport["result"];
  error: MessageError | null;
  peer: Peer | null;
  at: number;
};

/** A leased message in this host's hands, from the lease to its outcome. */
export type Entry = {
  message: LeasedMessage;
  /** Order of arrival, for messages that are due at the same time. */
  turn: number;
  state: "waiting" | "sending" | "written" | "done";
  outcome: Outcome | null;
  begunAt: number;
  /** Times in a row that its recipient could not be looked up, or it could not be encrypted. */
  failures: number;
};

/** Outcomes are repeated only while the edge may not have them; this is far more than a lease. */
const MAX_DONE = 1_024;
const DONE_FOR_MS = 10 * 60_000;

/**
 * An account's messages that this process has in hand, and what became of the others, so that a lease
 * which comes twice is answered and not sent twice. It outlives sessions.
 */
export class KnownMessages {
  readonly #byId = new Map<MessageId, Entry>();
  readonly #byWaId = new Map<string, Entry>();

  get(id: MessageId): Entry | undefined {
    return this.#byId.get(id);
  }

  byWaId(waId: string): Entry | undefined {
    return this.#byWaId.get(waId);
  }

  #nextTurn = 1;

  get size(): number {
    return this.#byId.size;
  }

  /** Takes a message that is new, or offered again. */
  take(message: LeasedMessage): Entry {
    const turn = this.#nextTurn++;
    const entry: Entry = {
      message,
      turn,
      state: "waiting",
      outcome: null,
      begunAt: 0,
      failures: 0,
    };
    this.#byId.delete(message.id);
    this.#byId.set(message.id, entry);
    this.#byWaId.set(message.wa_id, entry);
    if (this.#byId.size > MAX_DONE) this.#forgetOldest();
    return entry;
  }

  all(): Iterable<Entry> {
    return this.#byId.values();
  }

  /** Forgets what was done long ago. */
  forgetOld(now: number): void {
    for (const entry of this.#byId.values()) {
      if (entry.outcome && entry.outcome.at < now - DONE_FOR_MS) this.#forget(entry);
    }
  }

  #forgetOldest(): void {
    for (const entry of this.#byId.values()) {
      if (this.#byId.size <= MAX_DONE) return;
      if (entry.state === "done") this.#forget(entry);
    }
  }

  #forget({ message }: Entry): void {
    this.#byId.delete(message.id);
    // Under one WhatsApp id there may be a later attempt by now.
    if (this.#byWaId.get(message.wa_id)?.message.id === message.id) {
      this.#byWaId.delete(message.wa_id);
    }
  }
}

/** What is due first, and of that what came first. */
export function byTurn(a: Entry, b: Entry): number {
  return a.message.not_before - b.message.not_before || a.turn - b.turn;
}

/**
 * The edge asks for another attempt of what was given back or has no certain fate. A failure is certain:
 * it is told again, unless the edge knows of it and somebody wants the message tried once more.
 */
export function isOfferedAnew(known: Entry, message: LeasedMessage): boolean {
  const result = known.outcome?.result;
  if (result === "returned") return true;
  if (result === "failed") return (message.retries ?? 0) > (known.message.retries ?? 0);
  return result === "unconfirmed" && message.attempt > known.message.attempt;
}
