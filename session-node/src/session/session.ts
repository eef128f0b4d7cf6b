import type { EdgeFrame, LeasedMessage, LinkReport, Peer, Report } from "@roost/contract/host";
import type { Id, MessageId } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import { type Log, messageOf } from "../log.ts";
import type { Timings } from "../timings.ts";
import { type AuthDeps, AuthState } from "../whatsapp/auth-state.ts";
import { Connection } from "../whatsapp/connection.ts";
import { type DeviceCaches, newDeviceCaches, sweepCaches } from "../whatsapp/device-caches.ts";
import type { KeyEncryptionKeys } from "../whatsapp/envelope.ts";
import type { NumberBook } from "../whatsapp/number-book.ts";
import { Sender } from "../whatsapp/sender.ts";
import type { Received } from "../whatsapp/translate-message.ts";
import type { Receipt } from "../whatsapp/translate-receipt.ts";
import type { Ending } from "../whatsapp/ways-to-end.ts";
import type { Entry, Outcome } from "./known-messages.ts";
import { type Linking, nextStep } from "./next-step.ts";
import { ReceiptMemory } from "./receipt-memory.ts";
import { SendQueue } from "./send-queue.ts";
import { Signal } from "./signal.ts";
import type { Turnstile } from "./turnstile.ts";

export type StartCommand = Extract<EdgeFrame, { type: "start" }>;
export type StopMode = Extract<EdgeFrame, { type: "stop" }>["mode"];

export type SessionDeps = {
  report: (report: Report, onDurable?: () => void) => void;
  fetchKeys: (names: string[]) => Promise<(string | null)[] | null>;
  mayWork: () => boolean;
  turnstile: Turnstile;
  /** Tells the sandbox's page that a QR waits to be scanned; does nothing for the real WhatsApp. */
  announceQr: (account: Id<"account">, qr: string, expiresAt: number) => void;
  whatsappUrl: URL | null;
  keyEncryptionKeys: KeyEncryptionKeys;
  numbers: NumberBook;
  log: Log;
  timings: Timings;
};

/** Why a session leaves although WhatsApp did not end it. */
type Leaving = { mode: StopMode; reason: ReasonCode | null };

/**
 * One account's life on this host, from `start` to `ended`: connects, links, reconnects, sends and
 * receives. It decides nothing about the product; what happens is reported to the edge.
 */
export class Session {
  readonly account: Id<"account">;
  readonly epoch: number;
  readonly #deps: SessionDeps;
  readonly #command: StartCommand;
  readonly #queue: SendQueue;
  readonly #caches: DeviceCaches = newDeviceCaches();
  readonly #receipts = new ReceiptMemory();
  readonly #leave = new Signal();
  #leaving: Leaving | null = null;
  #linking: Linking | null;
  #auth: AuthState | null = null;
  #connection: Connection | null = null;
  #self: Peer | null = null;
  #codeTimer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(command: StartCommand, deps: SessionDeps) {
    this.account = command.account;
    this.epoch = command.epoch;
    this.#command = command;
    this.#deps = deps;
    this.#linking = command.link && {
      method: command.link.method,
      isPaired: false,
      hasShownCode: false,
    };
    this.#queue = new SendQueue({
      report: (entry, outcome) => this.#reportOutcome(entry, outcome),
      mayWork: deps.mayWork,
      onSilence: (sinceMs) => this.#checkDeaf(sinceMs),
      timings: deps.timings,
    });
  }

  /** Runs until the session has ended and everything about it is reported. Never throws. */
  async run(): Promise<void> {
    this.#deps.log({ event: "session.started", ...this.#of, linking: this.#linking !== null });
    try {
      await this.#live();
    } catch (error) {
      this.#deps.log({ event: "session.crashed", ...this.#of, error: messageOf(error) });
      this.#end("unknown", null);
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
    this.#queue.wake();
  }

  /** Finishes what is begun, gives the rest back, and ends. `reason` is what the report will say. */
  async stop(mode: StopMode, reason: ReasonCode | null): Promise<void> {
    if (this.#leaving || this.#hasEnded) return;
    this.#leaving = { mode, reason };
    await this.#queue.finish();
    if (mode === "logout") await this.#connection?.logout().catch(() => undefined);
    else this.#connection?.end(null);
    this.#leave.raise();
  }

  /** Drops from memory what is not needed soon. */
  forgetCold(now: number): void {
    this.#auth?.forgetCold(now - this.#deps.timings.keyColdMs);
    this.#queue.forgetOld(now);
    sweepCaches(this.#caches);
  }

  get #of() {
    return { account: this.account, epoch: this.epoch };
  }

  async #live(): Promise<void> {
    if (this.#linking) {
      this.#reportLink("starting");
    } else {
      const problem = this.#openCredentials();
      if (problem) {
        this.#end(problem, null);
        return;
      }
    }
    this.#reportState("connecting", this.#linking ? null : "starting", null);

    let failures = 0;
    while (!this.#leaving) {
      failures += 1;
      const { ending, openForMs } = await this.#connectOnce();
      if (this.#leaving || !ending) break;
      const step = nextStep(
        { ending, linking: this.#linking, openForMs, failures },
        this.#deps.timings,
        Math.random(),
      );
      if (step.kind === "end") {
        if (step.link) this.#reportLink(step.link.state, { error: step.reason });
        this.#end(step.reason, ending.code);
        return;
      }
      failures = step.failures;
      if (step.kind === "reconnect") this.#interrupted(step, ending);
      else this.#auth = null;
      await this.#leave.wait(step.pauseMs);
    }
    this.#finishLeaving();
  }

  #openCredentials(): ReasonCode | null {
    const { credentials } = this.#command;
    if (!credentials) return "not_linked";
    try {
      this.#auth = AuthState.open(credentials, this.#authDeps());
      return null;
    } catch {
      return "credentials_refused";
    }
  }

  #authDeps(): AuthDeps {
    const { keyEncryptionKeys, fetchKeys, report, log, timings } = this.#deps;
    return {
      account: this.account,
      keyEncryptionKeys,
      fetch: async (names) => {
        const values = await fetchKeys(names);
        if (!values) void this.stop("close", "replaced");
        return values;
      },
      write: (batch, onDurable) => report({ kind: "keys", ...this.#of, ...batch }, onDurable),
      onUnreadable: (name) => {
        log({ event: "keys.unreadable", ...this.#of, kind: name.slice(0, name.indexOf(":")) });
      },
      flushMs: timings.keyFlushMs,
    };
  }

  /** Makes one connection and waits for its end. */
  async #connectOnce(): Promise<{ ending: Ending | null; openForMs: number | null }> {
    const leaveTurnstile = await this.#deps.turnstile.enter();
    if (this.#leaving) {
      leaveTurnstile();
      return { ending: null, openForMs: null };
    }
    const auth = (this.#auth ??= AuthState.create(this.#authDeps()));
    const startedAt = Date.now();
    let openedAt: number | null = null;
    const { promise, resolve } = Promise.withResolvers<Ending | null>();
    const connection = new Connection(
      {
        auth,
        caches: this.#caches,
        url: this.#deps.whatsappUrl,
        method: this.#linking && !this.#linking.isPaired ? this.#linking.method : "login",
        timings: this.#deps.timings,
        sentText: (waId) => this.#queue.textOf(waId),
      },
      {
        opened: (self) => {
          openedAt = Date.now();
          leaveTurnstile();
          this.#opened(connection, self, openedAt - startedAt);
        },
        ended: resolve,
        qr: (qr, validMs) => {
          leaveTurnstile();
          void this.#qrShown(connection, qr, validMs);
        },
        paired: () => this.#paired(),
        offlineQueueThrough: () => this.#queue.offlineQueueThrough(),
        acknowledged: (waId, error) => this.#queue.acknowledged(waId, error),
        receipt: (receipt) => this.#receiptCame(receipt),
        received: (received) => this.#messageCame(received),
        restricted: (isRestricted) =>
          this.#reportState("connected", isRestricted ? "restricted" : null, null),
        untranslated: (error) =>
          this.#deps.log({
            event: "message.untranslated",
            ...this.#of,
            error: messageOf(error),
          }),
      },
    );
    this.#connection = connection;
    // Who leaves ends the connection without an ending, so leaving itself is waited for as well.
    const leave = this.#leave.wait(null).then(() => null);
    const ending = await Promise.race([promise, leave]);
    this.#leave.raise();
    await leave;
    leaveTurnstile();
    clearTimeout(this.#codeTimer);
    this.#queue.disconnected();
    this.#connection = null;
    return { ending, openForMs: openedAt === null ? null : Date.now() - openedAt };
  }

  #opened(connection: Connection, self: Peer | null, afterMs: number): void {
    // What follows says "linked": the credentials must be on their way before it.
    this.#auth?.flush();
    if (this.#linking) this.#reportLink("linked");
    this.#linking = null;
    this.#deps.log({ event: "session.connected", ...this.#of, after_ms: afterMs });
    this.#self = self;
    this.#reportState("connected", null, null);
    this.#queue.connected(new Sender(connection.socket, this.#caches, this.#deps.numbers));
  }

  async #qrShown(connection: Connection, qr: string, validMs: number): Promise<void> {
    const linking = this.#linking;
    if (!linking || linking.isPaired || linking.hasShownCode) return;
    if (linking.method === "code") {
      linking.hasShownCode = true;
      await this.#showCode(connection);
      return;
    }
    const expiresAt = Date.now() + validMs;
    this.#reportLink("waiting_for_scan", { qr, expires_at: expiresAt });
    this.#deps.announceQr(this.account, qr, expiresAt);
  }

  async #showCode(connection: Connection): Promise<void> {
    const { codeValidMs } = this.#deps.timings;
    try {
      const code = await connection.requestCode(this.#command.link?.phone ?? "");
      this.#reportLink("waiting_for_code", { code, expires_at: Date.now() + codeValidMs });
      this.#codeTimer = setTimeout(() => connection.end("code_not_typed"), codeValidMs);
    } catch {
      // The socket broke before the code was asked for; its end says the rest.
      if (this.#linking) this.#linking.hasShownCode = false;
    }
  }

  #paired(): void {
    if (!this.#linking) return;
    clearTimeout(this.#codeTimer);
    this.#linking.isPaired = true;
    this.#reportLink("linking");
  }

  #messageCame(received: Received): void {
    if (received.fromMe && this.#queue.isOurs(received.waId)) return;
    this.#deps.report({
      kind: "received",
      ...this.#of,
      wa_id: received.waId,
      peer: received.peer,
      from_me: received.fromMe,
      name: received.name,
      type: received.type,
      text: received.text,
      quoted_wa_id: received.quotedWaId,
      at: received.at,
    });
  }

  #receiptCame({ waIds, type, peer, at }: Receipt): void {
    const news = waIds.filter((waId) => this.#receipts.isNew(waId, type));
    if (news.length === 0) return;
    this.#queue.received(news);
    this.#deps.report({ kind: "receipt", ...this.#of, wa_ids: news, type, peer, at });
  }

  #reportOutcome({ message, begunAt }: Entry, outcome: Outcome): void {
    this.#deps.report({ kind: "outcome", ...this.#of, message: message.id, ...outcome });
    this.#deps.log({
      event: "message.attempted",
      ...this.#of,
      message: message.id,
      attempt: message.attempt,
      result: outcome.result,
      code: outcome.error?.code ?? null,
      duration_ms: begunAt === 0 ? 0 : outcome.at - begunAt,
    });
  }

  /** Acks are overdue. If nothing else came either, the connection only looks alive. */
  #checkDeaf(sinceMs: number): void {
    const connection = this.#connection;
    if (connection?.isOpen && connection.heardAt < sinceMs) connection.end("deaf");
  }

  #interrupted(
    step: { reason: ReasonCode; pauseMs: number },
    { code }: Pick<Ending, "code">,
  ): void {
    this.#deps.log({
      event: "session.interrupted",
      ...this.#of,
      reason: step.reason,
      upstream_code: code,
      retry_in_ms: step.pauseMs,
    });
    // While a phone is being linked, a new connection is part of it and nobody's concern.
    if (!this.#linking) this.#reportState("reconnecting", step.reason, code);
  }

  #finishLeaving(): void {
    const leaving = this.#leaving ?? { mode: "close" as const, reason: null };
    const reason = leaving.mode === "logout" ? "unlinked_by_us" : leaving.reason;
    if (this.#linking) this.#reportLink("failed", { error: reason ?? "link_cancelled" });
    this.#end(reason, null);
  }

  #end(reason: ReasonCode | null, upstreamCode: number | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#queue.close();
    this.#auth?.flush();
    this.#reportState("ended", reason, upstreamCode);
    this.#deps.log({
      event: "session.ended",
      ...this.#of,
      reason,
      upstream_code: upstreamCode,
    });
  }

  #reportState(
    state: "connecting" | "connected" | "reconnecting" | "ended",
    reason: ReasonCode | null,
    upstreamCode: number | null,
  ): void {
    this.#deps.report({
      kind: "session",
      ...this.#of,
      state,
      reason,
      self: this.#self,
      upstream_code: upstreamCode,
      at: Date.now(),
    });
  }

  #reportLink(
    state: LinkReport["state"],
    shown: Partial<Pick<LinkReport, "qr" | "code" | "expires_at" | "error">> = {},
  ): void {
    this.#deps.report({
      kind: "link",
      ...this.#of,
      state,
      method: this.#linking?.method ?? "qr",
      qr: null,
      code: null,
      expires_at: null,
      error: null,
      ...shown,
      at: Date.now(),
    });
    this.#deps.log({
      event: "link.updated",
      ...this.#of,
      state,
      reason: shown.error ?? null,
    });
  }
}
