import type { EdgeFrame, LeasedMessage, MissingStanza, Report } from "@roost/contract/host";
import type { Id, MessageId } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import type { Passing } from "../crash-points.ts";
import { type Log, messageOf } from "../log.ts";
import type { Timings } from "../timings.ts";
import { type AuthDeps, AuthState } from "../whatsapp/keys/auth-state.ts";
import { Connection, type ConnectionEvents } from "../whatsapp/connection.ts";
import { type DeviceCaches, newDeviceCaches, sweepCaches } from "../whatsapp/device-caches.ts";
import type { KeyEncryptionKeys } from "../whatsapp/keys/envelope.ts";
import type { Told } from "../whatsapp/inbound/intake.ts";
import type { NumberBook } from "../whatsapp/outbound/number-book.ts";
import { Sender } from "../whatsapp/outbound/sender.ts";
import type { Ending } from "../whatsapp/ways-to-end.ts";
import type { KnownMessages } from "./sending/known-messages.ts";
import { LinkFlow } from "./linking/link-flow.ts";
import { MissingMessages } from "./missing-messages.ts";
import { nextStep } from "./next-step.ts";
import { Reporter } from "./reporter.ts";
import { SendQueue } from "./sending/send-queue.ts";
import { Signal, withinMs } from "./signal.ts";
import type { Turnstile } from "./turnstile.ts";

/** How often a session that waits for the edge looks by itself. */
const BELIEVED_AGAIN_MS = 1_000;

export type StartCommand = Extract<EdgeFrame, { type: "start" }>;
export type StopMode = Extract<EdgeFrame, { type: "stop" }>["mode"];

export type SessionDeps = {
  report: (report: Report, onDurable?: () => void) => void;
  fetchKeys: (names: string[]) => Promise<(string | null)[] | null>;
  /** Whether new messages may be begun, as far as the edge is concerned. */
  mayWork: () => boolean;
  /** Whether the edge has heard us so lately that nobody else can have the account. */
  isBelieved: () => boolean;
  announceQr: (account: Id<"account">, qr: string, expiresAt: number) => void;
  turnstile: Turnstile;
  /** Null means WhatsApp itself. */
  whatsappUrl: URL | null;
  keyEncryptionKeys: KeyEncryptionKeys;
  numbers: NumberBook;
  known: KnownMessages;
  passing: Passing;
  log: Log;
  timings: Timings;
};

/** Why a session leaves although WhatsApp did not end it. */
type Leaving = { mode: StopMode; reason: ReasonCode | null };

/** How one connection went; no ending means that we left it ourselves. */
type Connected = { ending: Ending | null; openForMs: number | null };

/**
 * One account's life on this host, from `start` to `ended`: connects, links, reconnects, sends and
 * receives. It decides nothing about the product; what happens is reported to the edge.
 */
export class Session {
  readonly account: Id<"account">;
  readonly epoch: number;
  readonly #deps: SessionDeps;
  readonly #command: StartCommand;
  readonly #reporter: Reporter;
  readonly #queue: SendQueue;
  readonly #missing: MissingMessages;
  readonly #caches: DeviceCaches = newDeviceCaches();
  readonly #leave = new Signal();
  readonly #woken = new Signal();
  #leaving: Leaving | null = null;
  /** Null as soon as the account is linked. */
  #linkFlow: LinkFlow | null = null;
  #auth: AuthState | null = null;
  #connection: Connection | null = null;
  /** What the connections brought in, until it is handed on. */
  #inbound: Promise<unknown> = Promise.resolve();
  #isUnlinked = false;
  #hasEnded = false;

  constructor(command: StartCommand, deps: SessionDeps) {
    this.account = command.account;
    this.epoch = command.epoch;
    this.#command = command;
    this.#deps = deps;
    this.#reporter = new Reporter({ account: this.account, epoch: this.epoch }, deps);
    this.#queue = new SendQueue({
      known: deps.known,
      report: (entry, outcome) => this.#reporter.outcome(entry, outcome),
      mayWork: deps.mayWork,
      onSilence: (sinceMs) => this.#checkDeaf(sinceMs),
      onStuck: () => this.#connection?.end("deaf"),
      passing: deps.passing,
      timings: deps.timings,
    });
    this.#missing = new MissingMessages(command.missing ?? [], {
      ask: async (stanzas) => {
        await this.#connection?.askAgain(stanzas);
      },
      report: (stanza, state) => void this.#reporter.stanza(stanza, state),
      pause: deps.timings.askAgainPause,
      settleMs: deps.timings.askSettleMs,
    });
  }

  /** Runs until the session has ended and everything about it is reported. Never throws. */
  async run(): Promise<void> {
    const { log } = this.#deps;
    log({ event: "session.started", ...this.#reporter.of, linking: this.#command.link !== null });
    try {
      await this.#live();
    } catch (error) {
      log({ event: "session.crashed", ...this.#reporter.of, error: messageOf(error) });
      this.#connection?.end(null);
      // Trying again by itself would most likely crash again.
      await this.#end("gave_up", null);
    }
  }

  take(messages: readonly LeasedMessage[]): void {
    this.#queue.take(messages);
  }

  revoke(messages: readonly MessageId[] | null): void {
    this.#queue.revoke(messages);
  }

  /** The edge is there again, or has caught up. */
  wake(): void {
    this.#woken.raise();
    this.#queue.wake();
  }

  /** Nothing is begun, so giving it back takes nobody's time. */
  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  /**
   * The edge has not heard us for so long that the account runs elsewhere. Two connections would fight,
   * so ours ends; if the account is still ours, it connects again when the edge says so.
   */
  letGo(): void {
    if (!this.#leaving && !this.#linkFlow) this.#connection?.end("edge_silent");
  }

  /** Finishes what is begun, gives the rest back, and ends. `reason` is what the report will say. */
  async stop(mode: StopMode, reason: ReasonCode | null): Promise<void> {
    if (this.#leaving || this.#hasEnded) return;
    this.#leaving = { mode, reason };
    this.#woken.raise();
    await this.#queue.finish();
    await this.#handOn(this.#connection);
    if (mode === "logout") this.#isUnlinked = (await this.#connection?.logout()) ?? false;
    else this.#connection?.end(null);
    this.#leave.raise();
  }

  /** Asks WhatsApp whether it is there when nothing came for long. */
  probe(now: number): void {
    this.#connection?.probe(now);
  }

  /** Drops from memory what is not needed soon. */
  forgetCold(now: number): void {
    this.#auth?.forgetCold(now - this.#deps.timings.keyColdMs);
    sweepCaches(this.#caches);
  }

  async #live(): Promise<void> {
    const problem = this.#prepare();
    if (problem) {
      await this.#end(problem, null);
      return;
    }
    this.#reporter.state("connecting", this.#linkFlow ? null : "starting", null);

    let failures = 0;
    while (!this.#leaving) {
      await this.#believed();
      if (this.#leaving) break;
      failures += 1;
      const { ending, openForMs } = await this.#connectOnce();
      if (this.#leaving || !ending) break;
      const linking = this.#linkFlow?.facts ?? null;
      const facts = { ending, linking, openForMs, failures };
      const step = nextStep(facts, this.#deps.timings, Math.random());
      if (step.kind === "end") {
        if (step.link) this.#linkFlow?.ended(step.link.state, step.reason);
        await this.#end(step.reason, ending.code, step.until);
        return;
      }
      failures = step.failures;
      if (step.kind === "link_again") this.#auth = null;
      else this.#interrupted(step, ending);
      await this.#leave.wait(step.pauseMs);
    }
    await this.#left();
  }

  /** Whoever may have lost the account must not log in: it would throw the new owner out. */
  async #believed(): Promise<void> {
    while (!this.#leaving && !this.#deps.isBelieved()) await this.#woken.wait(BELIEVED_AGAIN_MS);
  }

  /** Begins to link, or opens what is stored; returns why neither is possible. */
  #prepare(): ReasonCode | null {
    const { link, credentials } = this.#command;
    if (link) {
      const { account } = this;
      this.#linkFlow = new LinkFlow(link, { ...this.#deps, account, reporter: this.#reporter });
      return null;
    }
    if (!credentials) return "credentials_refused";
    try {
      this.#auth = AuthState.open(credentials, this.#authDeps());
      return null;
    } catch {
      return "credentials_refused";
    }
  }

  #authDeps(): AuthDeps {
    const { keyEncryptionKeys, fetchKeys, report, log, timings } = this.#deps;
    const { of } = this.#reporter;
    return {
      account: this.account,
      keyEncryptionKeys,
      fetch: async (names) => {
        const values = await fetchKeys(names);
        if (!values) {
          void this.stop("close", "replaced");
          // At once: without keys Baileys would refuse what comes in, and WhatsApp believe it.
          this.#connection?.end(null);
        }
        return values;
      },
      write: (batch, onDurable) => report({ kind: "keys", ...of, ...batch }, onDurable),
      onUnreadable: (name) => {
        log({ event: "keys.unreadable", ...of, kind: name.slice(0, name.indexOf(":")) });
      },
      flushMs: timings.keyFlushMs,
    };
  }

  /** Makes one connection and waits for its end. */
  async #connectOnce(): Promise<Connected> {
    const leaveTurnstile = await this.#deps.turnstile.enter();
    if (this.#leaving) {
      leaveTurnstile();
      return { ending: null, openForMs: null };
    }
    const startedAt = Date.now();
    let openedAt: number | null = null;
    const { promise, resolve } = Promise.withResolvers<Ending | null>();
    const connection: Connection = this.#connect({
      opened: (self) => {
        openedAt = Date.now();
        leaveTurnstile();
        this.#opened();
        this.#reporter.connected(self, openedAt - startedAt);
        this.#queue.connected(new Sender(connection.socket, this.#caches, this.#deps.numbers));
      },
      ended: resolve,
      qr: (qr, validMs) => {
        leaveTurnstile();
        void this.#linkFlow?.offered(qr, validMs);
      },
    });
    this.#connection = connection;
    this.#linkFlow?.connecting(connection);
    // Who leaves ends the connection without an ending, so leaving itself is waited for as well.
    const leave = this.#leave.wait(null).then(() => null);
    const ending = await Promise.race([promise, leave]);
    this.#leave.raise();
    await leave;
    leaveTurnstile();
    this.#linkFlow?.disconnected();
    this.#queue.disconnected();
    this.#missing.disconnected();
    this.#connection = null;
    this.#inbound = Promise.all([this.#inbound, connection.handedOn()]);
    return { ending, openForMs: openedAt === null ? null : Date.now() - openedAt };
  }

  #connect(events: Pick<ConnectionEvents, "opened" | "ended" | "qr">): Connection {
    this.#auth ??= AuthState.create(this.#authDeps());
    const linking = this.#linkFlow?.facts;
    const options = {
      auth: this.#auth,
      caches: this.#caches,
      url: this.#deps.whatsappUrl,
      method: linking && !linking.isPaired ? linking.method : ("login" as const),
      timings: this.#deps.timings,
      sentMessage: (waId: string) => this.#queue.messageOf(waId),
      passing: this.#deps.passing,
    };
    return new Connection(options, {
      ...events,
      paired: () => this.#linkFlow?.paired(),
      offlineQueueThrough: () => {
        this.#queue.offlineQueueThrough();
        this.#missing.connected();
      },
      acknowledged: (waId, error) => this.#queue.acknowledged(waId, error),
      receipt: (receipt) => {
        const { news, durable } = this.#reporter.receipt(receipt);
        this.#queue.received(news);
        return durable;
      },
      told: (told, stanza) => this.#told(told, stanza),
      missed: (stanza) => {
        this.#missing.add(stanza);
        return this.#reporter.stanza(stanza, "missing");
      },
      standing: (standing) => this.#reporter.standing(standing),
      phoneSeen: (at) => this.#reporter.phoneSeen(at, this.#deps.timings.phoneSeenEveryMs),
      untranslated: (error) => {
        const event = { event: "message.untranslated", ...this.#reporter.of } as const;
        this.#deps.log({ ...event, error: messageOf(error) });
      },
    });
  }

  async #told(told: Told, stanza: MissingStanza): Promise<void> {
    const wasMissing = this.#missing.found(stanza);
    const isOurs = told.kind === "received" && told.fromMe && this.#queue.isOurs(told.waId);
    if (!isOurs) await this.#reporter.told(told, stanza);
    else if (wasMissing) await this.#reporter.stanza(stanza, "empty");
  }

  #opened(): void {
    // What follows says "linked": the credentials must be on their way before it.
    this.#auth?.flush();
    this.#linkFlow?.linked();
    this.#linkFlow = null;
  }

  /** Acks are overdue. If nothing else came either, the connection only looks alive. */
  #checkDeaf(sinceMs: number): void {
    const connection = this.#connection;
    if (connection?.isOpen && connection.heardAt < sinceMs) connection.end("deaf");
  }

  /** What is being read can only be acknowledged on its own connection. */
  async #handOn(connection: Connection | null): Promise<void> {
    if (!connection) return;
    connection.quieten();
    await withinMs(this.#deps.timings.handOnMs, connection.handedOn());
  }

  #interrupted(step: { reason: ReasonCode; pauseMs: number }, { code }: Ending): void {
    this.#reporter.interrupted(step.reason, code, step.pauseMs);
    // While a phone is being linked, a new connection is part of it and nobody's concern.
    if (!this.#linkFlow) this.#reporter.state("reconnecting", step.reason, code);
  }

  async #left(): Promise<void> {
    const { mode, reason } = this.#leaving ?? { mode: "close", reason: null };
    if (mode === "logout" && !this.#isUnlinked) await this.#unlinkAnew();
    const shown = mode === "logout" ? (this.#isUnlinked ? "unlinked_by_us" : null) : reason;
    this.#linkFlow?.ended("failed", shown ?? "link_cancelled");
    await this.#end(shown, null);
  }

  /** There was no open connection to unlink on. WhatsApp would keep the device, so one is made for it. */
  async #unlinkAnew(): Promise<void> {
    if (!this.#auth || (this.#linkFlow && !this.#linkFlow.facts.isPaired)) return;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const connection: Connection = this.#connect({
      opened: () => resolve(connection.logout()),
      // 401: WhatsApp does not know the device any more.
      ended: ({ code }) => resolve(code === 401),
      qr: () => resolve(false),
    });
    connection.quieten();
    await withinMs(
      this.#deps.timings.unlinkMs,
      promise.then((isUnlinked) => (this.#isUnlinked = isUnlinked)),
    );
    connection.end(null);
    if (!this.#isUnlinked) this.#deps.log({ event: "session.not_unlinked", ...this.#reporter.of });
  }

  async #end(
    reason: ReasonCode | null,
    upstreamCode: number | null,
    until: number | null = null,
  ): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { handOnMs } = this.#deps.timings;
    await this.#queue.close();
    // After "ended" the edge believes nothing of this session any more.
    await withinMs(handOnMs, this.#inbound);
    this.#auth?.flush();
    this.#reporter.ended(reason, upstreamCode, until);
  }
}
