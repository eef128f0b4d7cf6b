import type { MissingStanza } from "@roost/contract/host";
import type { Passing } from "../crash-points.ts";
import { type Log, messageOf } from "../log.ts";
import type { Timings } from "../timings.ts";
import { Connection, type ConnectionEvents, type ConnectOptions } from "../whatsapp/connection.ts";
import { newDeviceCaches, sweepCaches } from "../whatsapp/device-caches.ts";
import type { Told } from "../whatsapp/inbound/intake.ts";
import type { NumberBook } from "../whatsapp/outbound/number-book.ts";
import { Sender } from "../whatsapp/outbound/sender.ts";
import { MissingMessages } from "./missing-messages.ts";
import type { Reporter } from "./reporter.ts";
import type { KnownMessages } from "./sending/known-messages.ts";
import { SendQueue } from "./sending/send-queue.ts";
import { withinMs } from "./signal.ts";

export type TrafficDeps = {
  reporter: Reporter;
  /** Whether new messages may be begun, as far as the edge is concerned. */
  mayWork: () => boolean;
  /** Null means WhatsApp itself. */
  whatsappUrl: URL | null;
  numbers: NumberBook;
  known: KnownMessages;
  passing: Passing;
  log: Log;
  timings: Timings;
};

/** What a connection says of itself, which is its session's concern; the rest is traffic. */
export type Milestones = Pick<ConnectionEvents, "opened" | "ended" | "qr" | "paired">;

/**
 * What flows between one account and WhatsApp, over one connection after the other: messages out,
 * everything that comes in, and questions for what could not be read.
 */
export class Traffic {
  readonly queue: SendQueue;
  readonly #deps: TrafficDeps;
  readonly #missing: MissingMessages;
  readonly #caches = newDeviceCaches();
  #connection: Connection | null = null;
  /** What the connections brought in, until it is handed on. */
  #inbound: Promise<unknown> = Promise.resolve();

  constructor(missing: readonly MissingStanza[], deps: TrafficDeps) {
    const { reporter, timings } = deps;
    this.#deps = deps;
    this.queue = new SendQueue({
      known: deps.known,
      report: (entry, outcome) => reporter.outcome(entry, outcome),
      mayWork: deps.mayWork,
      onSilence: (sinceMs) => this.#checkDeaf(sinceMs),
      onStuck: () => this.#connection?.end("deaf"),
      passing: deps.passing,
      timings,
    });
    this.#missing = new MissingMessages(missing, {
      ask: async (stanzas) => {
        await this.#connection?.askAgain(stanzas);
      },
      report: (stanza, state) => void reporter.stanza(stanza, state),
      pause: timings.askAgainPause,
      settleMs: timings.askSettleMs,
    });
  }

  /** The connection that it flows over at present. */
  get connection(): Connection | null {
    return this.#connection;
  }

  /** Dials. What comes in is reported, whether or not the connection becomes the present one. */
  dial(options: Pick<ConnectOptions, "auth" | "method">, milestones: Milestones): Connection {
    const { reporter, whatsappUrl, passing, timings } = this.#deps;
    const own = {
      caches: this.#caches,
      url: whatsappUrl,
      timings,
      sentMessage: (waId: string) => this.queue.messageOf(waId),
      passing,
    };
    return new Connection(
      { ...options, ...own },
      {
        ...milestones,
        offlineQueueThrough: () => {
          this.queue.offlineQueueThrough();
          this.#missing.connected();
        },
        acknowledged: (waId, error) => this.queue.acknowledged(waId, error),
        receipt: (receipt) => {
          const { news, durable } = reporter.receipt(receipt);
          this.queue.received(news);
          return durable;
        },
        told: (told, stanza) => this.#told(told, stanza),
        missed: (stanza) => {
          this.#missing.add(stanza);
          return reporter.stanza(stanza, "missing");
        },
        standing: (standing) => reporter.standing(standing),
        phoneSeen: (at) => reporter.phoneSeen(at, timings.phoneSeenEveryMs),
        untranslated: (error) => {
          const event = { event: "message.untranslated", ...reporter.of } as const;
          this.#deps.log({ ...event, error: messageOf(error) });
        },
      },
    );
  }

  /** From now on it flows over this connection, as soon as that is open. */
  over(connection: Connection): void {
    this.#connection = connection;
  }

  /** The connection is open: sending goes on. */
  opened({ socket }: Connection): void {
    this.queue.connected(new Sender(socket, this.#caches, this.#deps.numbers));
  }

  /** The present connection is gone. */
  disconnected(): void {
    this.queue.disconnected();
    this.#missing.disconnected();
    this.#inbound = Promise.all([this.#inbound, this.#connection?.handedOn()]);
    this.#connection = null;
  }

  /** Finishes what is begun and gives the rest back; the connection stays. */
  async finish(): Promise<void> {
    await this.queue.finish();
    if (!this.#connection) return;
    // What is being read can only be acknowledged on its own connection.
    this.#connection.quieten();
    await withinMs(this.#deps.timings.handOnMs, this.#connection.handedOn());
  }

  /** The session is over: everything that was sent or came in is reported. */
  async close(): Promise<void> {
    await this.queue.close();
    await withinMs(this.#deps.timings.handOnMs, this.#inbound);
  }

  /** Drops from memory what is not needed soon. */
  forgetCold(): void {
    sweepCaches(this.#caches);
  }

  async #told(told: Told, stanza: MissingStanza): Promise<void> {
    const { reporter } = this.#deps;
    const wasMissing = this.#missing.found(stanza);
    const isOurs = told.kind === "received" && told.fromMe && this.queue.isOurs(told.waId);
    if (!isOurs) await reporter.told(told, stanza);
    else if (wasMissing) await reporter.stanza(stanza, "empty");
  }

  /** Acks are overdue. If nothing else came either, the connection only looks alive. */
  #checkDeaf(sinceMs: number): void {
    const connection = this.#connection;
    if (connection?.isOpen && connection.heardAt < sinceMs) connection.end("deaf");
  }
}
