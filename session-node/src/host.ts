import { randomUUID } from "node:crypto";
import type { Lease, Load } from "@roost/contract/host";
import { isUnwell } from "@roost/contract/host-condition";
import type { Id } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import { refusal } from "./admission.ts";
import { announceQr } from "./announce-qr.ts";
import type { Config } from "./config.ts";
import { giveBack, leavingTimes } from "./give-back.ts";
import { Crasher } from "./crash-points.ts";
import { type Command, EdgeLink, type Of } from "./link/edge-link.ts";
import { hostToken } from "./link/token.ts";
import { LoadMeter } from "./load-meter.ts";
import { log as defaultLog, type Log, messageOf } from "./log.ts";
import { MemoryKeeper } from "./memory.ts";
import { KnownMessages } from "./session/sending/known-messages.ts";
import { Session, type StartCommand, type StopMode } from "./session/session.ts";
import { Turnstile } from "./session/turnstile.ts";
import { defaultTimings, type Timings } from "./timings.ts";
import { NumberBook } from "./whatsapp/outbound/number-book.ts";
import { trustSandbox } from "./whatsapp/sandbox-root.ts";

const DIALLING_AT_ONCE = 25;

/** What tests replace. */
export type Overrides = { log?: Log; timings?: Partial<Timings> };

/** Which sessions run in this process: starts and stops them as the edge says, and gives them back. */
export class SessionHost implements AsyncDisposable {
  readonly #config: Config;
  readonly #log: Log;
  readonly #timings: Timings;
  readonly #sessions = new Map<Id<"account">, Session>();
  readonly #runs = new Map<Session, Promise<void>>();
  readonly #turnstile = new Turnstile(DIALLING_AT_ONCE);
  readonly #numbers = new NumberBook();
  readonly #known = new Map<Id<"account">, KnownMessages>();
  readonly #memory = new MemoryKeeper();
  readonly #meter: LoadMeter;
  readonly #crasher: Crasher;
  readonly #link: EdgeLink;
  readonly #sweepTimer: NodeJS.Timeout;
  #sweptAt = Date.now();
  #isDraining = false;
  #isLeaving = false;
  #isUnwell = false;

  private constructor(config: Config, overrides: Overrides) {
    this.#config = config;
    this.#log = overrides.log ?? defaultLog;
    this.#timings = { ...defaultTimings, ...overrides.timings };
    if (config.sandbox) trustSandbox(config.sandbox);
    this.#meter = new LoadMeter(config.memoryLimitBytes);
    this.#crasher = new Crasher(config.sandbox?.crashAt ?? null);
    if (config.sandbox?.crashFile) this.#crasher.listen(config.sandbox.crashFile);
    process.on("unhandledRejection", this.#onUnhandled);
    this.#link = new EdgeLink({
      url: config.socketUrl,
      host: config.hostName,
      region: config.region,
      incarnation: randomUUID(),
      token: () => hostToken(config.hostName, config.hostSecret),
      load: () => this.#load(),
      sessions: () => this.#present(),
      isDraining: () => this.#isDraining,
      onCommand: (command) => this.#obey(command),
      onReady: () => {
        for (const session of this.#sessions.values()) session.wake();
      },
      onForgotten: () => {
        for (const session of this.#sessions.values()) session.letGo();
      },
      log: this.#log,
      timings: this.#timings,
    });
    this.#sweepTimer = setInterval(() => this.#sweep(), this.#timings.sweepEveryMs);
  }

  /** Starts a host that dials the edge and does what it says until it is disposed of. */
  static start(config: Config, overrides: Overrides = {}): SessionHost {
    return new SessionHost(config, overrides);
  }

  /** Gives every account back: finishes what is begun, closes, and waits until the edge knows. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isLeaving = true;
    clearInterval(this.#sweepTimer);
    await this.#drain();
    await Promise.all(this.#runs.values());
    await this.#link.close();
    this.#meter.stop();
    process.off("unhandledRejection", this.#onUnhandled);
    this.#log({ event: "host.stopped", unacknowledged_reports: this.#link.unacknowledged });
  }

  /** Baileys leaves promises without an owner. One session's trouble must not end all the others. */
  readonly #onUnhandled = (error: unknown): void => {
    this.#log({ event: "promise.unhandled", error: messageOf(error) });
  };

  #obey(command: Command): void {
    switch (command.type) {
      case "start":
        this.#start(command);
        return;
      case "stop":
        this.#stop(command, command.mode);
        return;
      case "leases":
        for (const lease of command.leases) this.#takeLease(lease);
        return;
      case "revoke":
        this.#find(command)?.revoke(command.messages);
        return;
      case "release":
        void this.#find(command)?.stop("close", "host_moved");
        return;
      case "drain":
        if (!this.#isDraining) void this.#drain();
        return;
      case "resume":
        this.#isDraining = this.#isLeaving;
        this.#link.beat();
        return;
    }
  }

  /** Takes nothing more, and gives back what runs; resolves when the last one is leaving. */
  async #drain(): Promise<void> {
    this.#isDraining = true;
    this.#log({ event: "host.draining", sessions: this.#sessions.size });
    this.#link.beat();
    const { leaving, draining } = this.#timings.giveBackEachMs;
    const eachMs = this.#isLeaving ? leaving : draining;
    const times = leavingTimes([...this.#sessions.values()], eachMs, Math.random);
    await giveBack(times, (session) => {
      // It may have been resumed meanwhile.
      if (this.#isDraining) void session.stop("close", "host_draining");
    });
  }

  #start(command: StartCommand): void {
    const running = this.#sessions.get(command.account);
    // The edge repeats itself after a reconnect; an older epoch was overtaken on its way.
    if (running && running.epoch >= command.epoch) return;
    // Whatever becomes of the new one, its predecessor is nobody's session any more.
    if (running) void running.stop("close", null);
    const reason = this.#refusal(running !== undefined);
    if (reason !== null) {
      this.#refuse(command, reason);
      return;
    }
    const session = new Session(command, {
      report: (report, onDurable) => this.#link.report(report, onDurable),
      fetchKeys: (names) =>
        this.#link.keys({ account: command.account, epoch: command.epoch, names }),
      mayWork: () => this.#link.mayWork,
      isBelieved: () => this.#link.isBelieved,
      turnstile: this.#turnstile,
      announceQr: (account, qr, expiresAt) => {
        const controlUrl = this.#config.sandbox?.controlUrl ?? null;
        announceQr(controlUrl, { account, qr, expiresAt }, this.#log);
      },
      whatsappUrl: this.#config.sandbox?.whatsappUrl ?? null,
      keyEncryptionKeys: this.#config.keyEncryptionKeys,
      numbers: this.#numbers,
      known: this.#knownOf(command.account),
      passing: this.#crasher.passing,
      log: this.#log,
      timings: this.#timings,
    });
    this.#sessions.set(command.account, session);
    this.#runs.set(session, this.#run(session, running && this.#runs.get(running)));
  }

  #refusal(isReplacing: boolean): ReasonCode | null {
    return refusal({
      isDraining: this.#isDraining,
      isUnwell: this.#isUnwell,
      sessions: this.#sessions.size - (isReplacing ? 1 : 0),
      capacity: this.#config.capacity,
    });
  }

  /** The edge finds another host for it. */
  #refuse({ account, epoch }: Of, reason: ReasonCode): void {
    this.#log({ event: "session.refused", account, epoch, reason });
    this.#link.report({
      kind: "session",
      account,
      epoch,
      state: "ended",
      reason,
      self: null,
      upstream_code: null,
      at: Date.now(),
    });
  }

  /** Two connections of one account would fight, so the next begins when the one before is gone. */
  async #run(session: Session, earlier: Promise<void> | undefined): Promise<void> {
    await earlier;
    await session.run();
    this.#runs.delete(session);
    if (this.#sessions.get(session.account) === session) this.#sessions.delete(session.account);
  }

  #stop(of: Of, mode: StopMode): void {
    const session = this.#sessions.get(of.account);
    if (session && session.epoch <= of.epoch) void session.stop(mode, null);
  }

  #takeLease(lease: Lease): void {
    const session = this.#find(lease);
    if (session) {
      session.take(lease.messages);
      return;
    }
    for (const message of lease.messages) {
      this.#link.report({
        kind: "outcome",
        account: lease.account,
        epoch: lease.epoch,
        message: message.id,
        result: "returned",
        error: null,
        peer: null,
        at: Date.now(),
      });
    }
  }

  #knownOf(account: Id<"account">): KnownMessages {
    const known = this.#known.get(account) ?? new KnownMessages();
    this.#known.set(account, known);
    return known;
  }

  #find({ account, epoch }: Of): Session | null {
    const session = this.#sessions.get(account);
    return session?.epoch === epoch ? session : null;
  }

  #present(): Of[] {
    return Array.from(this.#sessions.values(), ({ account, epoch }) => ({ account, epoch }));
  }

  #load(): Load {
    const { capacity } = this.#config;
    const load = { sessions: this.#sessions.size, capacity, ...this.#meter.measure() };
    this.#isUnwell = isUnwell(this.#isUnwell, load);
    return load;
  }

  #sweep(): void {
    const now = Date.now();
    // After a freeze, answers wait unread in the sockets: nobody is called deaf before they are read.
    const wasFrozen = now - this.#sweptAt > 2 * this.#timings.sweepEveryMs;
    this.#sweptAt = now;
    for (const session of this.#sessions.values()) {
      session.forgetCold(now);
      if (!wasFrozen) session.probe(now);
    }
    for (const [account, known] of this.#known) {
      known.forgetOld(now);
      if (known.size === 0 && !this.#sessions.has(account)) this.#known.delete(account);
    }
    this.#memory.check();
  }
}
