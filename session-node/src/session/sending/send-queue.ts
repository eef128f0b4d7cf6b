import type { LeasedMessage, Peer } from "@roost/contract/host";
import type { MessageId } from "@roost/contract/ids";
import type { MessageError } from "@roost/contract/messages";
import type { Passing } from "../../crash-points.ts";
import type { Timings } from "../../timings.ts";
import type { Sender } from "../../whatsapp/outbound/sender.ts";
import { BoundedSet } from "../bounded-set.ts";
import { DeadlineWatch } from "./deadline-watch.ts";
import { InFlight } from "./in-flight.ts";
import {
  byTurn,
  type Entry,
  isOfferedAnew,
  type KnownMessages,
  type Outcome,
} from "./known-messages.ts";
import { nextMove } from "./next-move.ts";
import {
  noAck,
  notEncrypted,
  notOnWhatsApp,
  recipientUnknown,
  refusedByWhatsApp,
} from "./send-errors.ts";
import { Signal } from "../signal.ts";

/** Baileys sends an account's messages one by one; a few in front of it keep it from waiting for us. */
const MAX_IN_FLIGHT = 4;
/** Recipients that are looked up together: as many as a lease has messages. */
const PREPARE_AT_ONCE = 20;
const MAX_FAILURES = 5;
/** Receipts for messages this process has not sent, for attempts that another host began. */
const MAX_STRAY_RECEIPTS = 500;

export type SendQueueDeps = {
  /** What this process knows of the account's messages, from earlier sessions as well. */
  known: KnownMessages;
  report: (entry: Entry, outcome: Outcome) => void;
  /** Whether the edge lets us begin something new. */
  mayWork: () => boolean;
  /** Stanzas left and nothing at all came back: the connection only looks alive. */
  onSilence: (sinceMs: number) => void;
  /** A send does not come to an end: nothing good can be expected of this connection. */
  onStuck: () => void;
  passing: Passing;
  timings: Timings;
};

/**
 * Sends one account's leased messages, in their order and not before their time, and reports what
 * became of each. A message that was begun is never given back; its fate is `sent`, `failed`, or
 * `unconfirmed` until a late ack or receipt settles it.
 */
export class SendQueue {
  readonly #deps: SendQueueDeps;
  readonly #known: KnownMessages;
  readonly #signal = new Signal();
  readonly #strayReceipts = new BoundedSet(MAX_STRAY_RECEIPTS);
  readonly #ackWatch: DeadlineWatch;
  readonly #sendWatch: DeadlineWatch;
  readonly #inFlight = new InFlight();
  #waiting: Entry[] = [];
  #offlineTimer: NodeJS.Timeout | undefined;
  #sender: Sender | null = null;
  #isOfflineQueueThrough = false;
  #isPumping = false;
  #isClosed = false;
  #pausedUntil = 0;
  #onSettled: (() => void) | null = null;

  constructor(deps: SendQueueDeps) {
    this.#deps = deps;
    this.#known = deps.known;
    const { ackDeadlineMs, sendDeadlineMs } = deps.timings;
    this.#ackWatch = new DeadlineWatch(ackDeadlineMs, (late) => this.#acksAreLate(late));
    this.#sendWatch = new DeadlineWatch(sendDeadlineMs, (late) => this.#sendsAreLate(late));
  }

  /** Takes leased messages. One that is known is answered, not sent again. */
  take(messages: readonly LeasedMessage[]): void {
    this.#deps.passing("lease_taken");
    for (const message of messages) {
      const known = this.#known.get(message.id);
      if (known && !isOfferedAnew(known, message)) {
        if (known.outcome) this.#deps.report(known, known.outcome);
        continue;
      }
      const entry = this.#known.take(message);
      if (this.#isClosed) this.#settle(entry, "returned", null);
      else if (this.#strayReceipts.has(message.wa_id)) this.#settle(entry, "sent", null);
      else this.#waiting.push(entry);
    }
    this.#waiting.sort(byTurn);
    this.wake();
  }

  /** Gives back what is not begun; null means everything. */
  revoke(ids: readonly MessageId[] | null): void {
    const chosen = ids && new Set(ids);
    const revoked = this.#waiting.filter(({ message }) => !chosen || chosen.has(message.id));
    this.#waiting = this.#waiting.filter((entry) => !revoked.includes(entry));
    for (const entry of revoked) this.#settle(entry, "returned", null);
    this.#signal.raise();
  }

  /** A connection is open: sending goes on. */
  connected(sender: Sender): void {
    this.#sender = sender;
    const { offlineQueueDeadlineMs } = this.#deps.timings;
    this.#offlineTimer = setTimeout(() => this.offlineQueueThrough(), offlineQueueDeadlineMs);
    this.wake();
  }

  /** The connection is gone: what was not written stays here and waits for the next one. */
  disconnected(): void {
    this.#sender?.close();
    this.#sender = null;
    this.#inFlight.disconnected();
    this.#isOfflineQueueThrough = false;
    clearTimeout(this.#offlineTimer);
  }

  offlineQueueThrough(): void {
    this.#isOfflineQueueThrough = true;
    clearTimeout(this.#offlineTimer);
    this.wake();
  }

  /** WhatsApp's word on a stanza. */
  acknowledged(waId: string, error: number | null): void {
    const entry = this.#known.byWaId(waId);
    if (!entry || (entry.outcome && entry.outcome.result !== "unconfirmed")) return;
    this.#deps.passing("send_acknowledged");
    // It may wait for another attempt, which is not needed any more.
    this.#takeBack(entry);
    if (error === null) this.#settle(entry, "sent", null);
    else this.#settle(entry, "failed", refusedByWhatsApp(error));
  }

  /** A receipt proves that a message arrived, whatever became of its ack. */
  received(waIds: readonly string[]): void {
    for (const waId of waIds) {
      const entry = this.#known.byWaId(waId);
      if (!entry) this.#strayReceipts.add(waId);
      else if (!entry.outcome || entry.outcome.result === "unconfirmed") {
        this.#takeBack(entry);
        this.#settle(entry, "sent", null);
      }
    }
  }

  /** A message of ours, for a phone that could not read it. */
  messageOf(waId: string): LeasedMessage | undefined {
    return this.#known.byWaId(waId)?.message;
  }

  /** Nothing is in WhatsApp's or Baileys' hands, and nothing waits. */
  get isIdle(): boolean {
    return this.#inFlight.isEmpty && this.#ackWatch.size === 0 && this.#waiting.length === 0;
  }

  isOurs(waId: string): boolean {
    return this.#known.byWaId(waId) !== undefined;
  }

  /** Something that was waited for may have happened. */
  wake(): void {
    this.#signal.raise();
    if (!this.#isPumping) void this.#pump();
  }

  /** Takes nothing new, gives back what is not begun, and waits a while for the acks of the rest. */
  async finish(): Promise<void> {
    this.#isClosed = true;
    this.revoke(null);
    await this.#settled(() => this.#inFlight.isEmpty && this.#ackWatch.size === 0);
  }

  /** The session is over: what has no outcome gets one now. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sender = null;
    this.revoke(null);
    clearTimeout(this.#offlineTimer);
    // What is in Baileys' hands will soon say whether it left.
    await this.#settled(() => this.#inFlight.isEmpty);
    this.#ackWatch.stop();
    this.#sendWatch.stop();
    for (const entry of this.#known.all()) {
      if (!entry.outcome) this.#settle(entry, "unconfirmed", noAck);
    }
  }

  async #settled(isSettled: () => boolean): Promise<void> {
    if (isSettled()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onSettled = () => {
      if (isSettled()) resolve();
    };
    const timer = setTimeout(resolve, this.#deps.timings.finishMs);
    await promise;
    clearTimeout(timer);
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    while (this.#isPumping) await this.#step();
  }

  async #step(): Promise<void> {
    const head = this.#waiting[0] ?? null;
    const sender = this.#sender;
    const now = Date.now();
    const move = nextMove({
      now,
      head: head?.message ?? null,
      isConnected: sender !== null,
      mayWork: this.#deps.mayWork(),
      isPrepared: sender !== null && head !== null && sender.isPrepared(head.message.to),
      isOfflineQueueThrough: this.#isOfflineQueueThrough,
      pausedUntil: this.#pausedUntil,
      inFlight: this.#inFlight.count,
      isSomebodyTyping: this.#inFlight.isSomebodyTyping,
      maxInFlight: MAX_IN_FLIGHT,
    });
    if (move.kind === "idle" || !head) {
      // In the same tick as the look: a later one would miss what arrives in between.
      this.#isPumping = false;
    } else if (move.kind === "wait") {
      await this.#signal.wait(move.untilMs === null ? null : Math.max(0, move.untilMs - now));
    } else if (move.kind === "give_back") {
      this.#waiting.shift();
      this.#settle(head, "returned", null);
    } else if (sender && move.kind === "prepare") {
      await this.#prepare(head, sender);
    } else if (sender) {
      this.#waiting.shift();
      this.#begin(head, sender);
    }
  }

  /** Finds out about the next recipients. Whoever stays unknown waits, but not for ever. */
  async #prepare(head: Entry, sender: Sender): Promise<void> {
    const entries = this.#waiting.slice(0, PREPARE_AT_ONCE);
    const askedAt = Date.now();
    try {
      await sender.prepare(entries.map(({ message }) => message.to));
    } catch {
      // Not answered, refused for its rate, or cut off: then the head is still unknown below.
    }
    if (sender.isPrepared(head.message.to) || this.#sender !== sender) return;
    this.#deps.onSilence(askedAt);
    this.#pause();
    head.failures += 1;
    if (head.failures < MAX_FAILURES || !this.#takeBack(head)) return;
    this.#settle(head, "failed", recipientUnknown);
  }

  /** Takes the entry out of those that wait; false if it is not among them any more. */
  #takeBack(entry: Entry): boolean {
    const index = this.#waiting.indexOf(entry);
    if (index !== -1) this.#waiting.splice(index, 1);
    return index !== -1;
  }

  #begin(entry: Entry, sender: Sender): void {
    const to = sender.recipientOf(entry.message.to);
    if (!to) {
      this.#settle(entry, "failed", notOnWhatsApp);
      return;
    }
    entry.state = "sending";
    entry.begunAt = Date.now();
    this.#inFlight.begin(entry);
    void this.#send(entry, sender, to).finally(() => {
      this.#inFlight.end(entry);
      this.#onSettled?.();
      this.wake();
    });
  }

  async #send(entry: Entry, sender: Sender, to: Peer): Promise<void> {
    const { message } = entry;
    if (message.typing_ms > 0) await sender.type(to, message.typing_ms);
    // Meanwhile the account may have been given to another host.
    if (message.typing_ms > 0 && !this.#deps.mayWork()) {
      this.#keep(entry, "disconnected");
      return;
    }
    entry.begunAt = Date.now();
    this.#sendWatch.add(entry);
    this.#deps.passing("send_begun");
    const sent = await sender.send(message, to);
    this.#deps.passing("send_written");
    this.#sendWatch.remove(entry);
    // The ack may have been faster than the promise.
    if (entry.state !== "sending") return;
    if (sent.kind === "kept") this.#keep(entry, sent.cause);
    else this.#watch(entry);
  }

  /** It certainly did not leave: back to the front, as if it had not been begun. */
  #keep(entry: Entry, cause: "disconnected" | "rate_limited" | "not_encrypted"): void {
    if (cause !== "disconnected") this.#pause();
    if (cause === "not_encrypted") entry.failures += 1;
    if (entry.failures >= MAX_FAILURES) {
      this.#settle(entry, "failed", notEncrypted);
    } else if (this.#isClosed) {
      this.#settle(entry, "returned", null);
    } else {
      entry.state = "waiting";
      this.#waiting.push(entry);
      this.#waiting.sort(byTurn);
    }
  }

  #watch(entry: Entry): void {
    entry.state = "written";
    entry.begunAt = Date.now();
    this.#ackWatch.add(entry);
  }

  #acksAreLate(late: readonly Entry[]): void {
    const [first] = late;
    if (first) this.#deps.onSilence(first.begunAt);
    for (const entry of late) this.#settle(entry, "unconfirmed", noAck);
  }

  /** Nobody can say whether they will still leave, so they are not sent again. */
  #sendsAreLate(late: readonly Entry[]): void {
    if (late.some((entry) => this.#inFlight.isOnThisConnection(entry))) this.#deps.onStuck();
    for (const entry of late) {
      this.#sendWatch.remove(entry);
      this.#inFlight.end(entry);
      if (entry.state === "sending") this.#settle(entry, "unconfirmed", noAck);
    }
    this.wake();
  }

  #settle(entry: Entry, result: Outcome["result"], error: MessageError | null): void {
    if (entry.state === "written") this.#ackWatch.remove(entry);
    const { to } = entry.message;
    const peer = this.#sender?.recipientOf(to) ?? entry.outcome?.peer ?? null;
    entry.state = "done";
    entry.outcome = { result, error, peer, at: Date.now() };
    this.#deps.report(entry, entry.outcome);
    this.#onSettled?.();
  }

  #pause(): void {
    this.#pausedUntil = Date.now() + this.#deps.timings.lookUpRetryMs;
  }
}
