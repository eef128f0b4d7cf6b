import type { EdgeFrame, LeasedMessage } from "@roost/contract/host";
import type { Id, MessageId } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import { messageOf } from "../log.ts";
import type { Connection } from "../whatsapp/connection.ts";
import type { Ending } from "../whatsapp/ways-to-end.ts";
import { Login, type LoginDeps } from "./login.ts";
import { nextStep } from "./next-step.ts";
import { Reporter } from "./reporter.ts";
import { Signal, withinMs } from "./signal.ts";
import { type Milestones, Traffic, type TrafficDeps } from "./traffic.ts";
import type { Turnstile } from "./turnstile.ts";

/** How often a session that waits for the edge looks by itself. */
const BELIEVED_AGAIN_MS = 1_000;

export type StartCommand = Extract<EdgeFrame, { type: "start" }>;
export type StopMode = Extract<EdgeFrame, { type: "stop" }>["mode"];

export type SessionDeps = Omit<LoginDeps, "reporter" | "onReplaced"> &
  Omit<TrafficDeps, "reporter"> & {
    /** Whether the edge has heard us so lately that nobody else can have the account. */
    isBelieved: () => boolean;
    turnstile: Turnstile;
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
  readonly #login: Login;
  readonly #traffic: Traffic;
  readonly #leave = new Signal();
  readonly #woken = new Signal();
  #leaving: Leaving | null = null;
  #isUnlinked = false;
  #hasEnded = false;

  constructor(command: StartCommand, deps: SessionDeps) {
    this.account = command.account;
    this.epoch = command.epoch;
    this.#command = command;
    this.#deps = deps;
    this.#reporter = new Reporter({ account: this.account, epoch: this.epoch }, deps);
    this.#login = new Login({
      ...deps,
      reporter: this.#reporter,
      onReplaced: () => this.#replaced(),
    });
    this.#traffic = new Traffic(command.missing ?? [], { ...deps, reporter: this.#reporter });
  }

  /** Runs until the session has ended and everything about it is reported. Never throws. */
  async run(): Promise<void> {
    const { log } = this.#deps;
    log({ event: "session.started", ...this.#reporter.of, linking: this.#command.link !== null });
    try {
      await this.#live();
    } catch (error) {
      log({ event: "session.crashed", ...this.#reporter.of, error: messageOf(error) });
      this.#traffic.connection?.end(null);
      // Trying again by itself would most likely crash again.
      await this.#end("gave_up", null);
    }
  }

  take(messages: readonly LeasedMessage[]): void {
    this.#traffic.queue.take(messages);
  }

  revoke(messages: readonly MessageId[] | null): void {
    this.#traffic.queue.revoke(messages);
  }

  /** The edge is there again, or has caught up. */
  wake(): void {
    this.#woken.raise();
    this.#traffic.queue.wake();
  }

  /** Nothing is begun, so giving it back takes nobody's time. */
  get isIdle(): boolean {
    return this.#traffic.queue.isIdle;
  }

  /**
   * The edge has not heard us for so long that the account runs elsewhere. Two connections would fight,
   * so ours ends; if the account is still ours, it connects again when the edge says so.
   */
  letGo(): void {
    if (!this.#leaving && !this.#login.flow) this.#traffic.connection?.end("edge_silent");
  }

  /** Finishes what is begun, gives the rest back, and ends. `reason` is what the report will say. */
  async stop(mode: StopMode, reason: ReasonCode | null): Promise<void> {
    if (this.#leaving || this.#hasEnded) return;
    this.#leaving = { mode, reason };
    this.#woken.raise();
    await this.#traffic.finish();
    const { connection } = this.#traffic;
    if (mode === "logout") this.#isUnlinked = (await connection?.logout()) ?? false;
    else connection?.end(null);
    this.#leave.raise();
  }

  /** Asks WhatsApp whether it is there when nothing came for long. */
  probe(now: number): void {
    this.#traffic.connection?.probe(now);
  }

  /** Drops from memory what is not needed soon. */
  forgetCold(now: number): void {
    this.#login.forgetCold(now);
    this.#traffic.forgetCold();
  }

  async #live(): Promise<void> {
    const problem = this.#login.begin(this.#command);
    if (problem) {
      await this.#end(problem, null);
      return;
    }
    this.#reporter.state("connecting", this.#login.flow ? null : "starting", null);

    let failures = 0;
    while (!this.#leaving) {
      await this.#believed();
      if (this.#leaving) break;
      failures += 1;
      const { ending, openForMs } = await this.#connectOnce();
      if (this.#leaving || !ending) break;
      const linking = this.#login.flow?.facts ?? null;
      const facts = { ending, linking, openForMs, failures };
      const step = nextStep(facts, this.#deps.timings, Math.random());
      if (step.kind === "end") {
        if (step.link) this.#login.flow?.ended(step.link.state, step.reason);
        await this.#end(step.reason, ending.code, step.until);
        return;
      }
      failures = step.failures;
      if (step.kind === "link_again") this.#login.discard();
      else this.#interrupted(step, ending);
      await this.#leave.wait(step.pauseMs);
    }
    await this.#left();
  }

  /** Whoever may have lost the account must not log in: it would throw the new owner out. */
  async #believed(): Promise<void> {
    while (!this.#leaving && !this.#deps.isBelieved()) await this.#woken.wait(BELIEVED_AGAIN_MS);
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
    const connection: Connection = this.#dial({
      opened: (self) => {
        openedAt = Date.now();
        leaveTurnstile();
        this.#login.opened();
        this.#reporter.connected(self, openedAt - startedAt);
        this.#traffic.opened(connection);
      },
      ended: resolve,
      qr: (qr, validMs) => {
        leaveTurnstile();
        void this.#login.flow?.offered(qr, validMs);
      },
    });
    this.#traffic.over(connection);
    this.#login.flow?.connecting(connection);
    // Who leaves ends the connection without an ending, so leaving itself is waited for as well.
    const leave = this.#leave.wait(null).then(() => null);
    const ending = await Promise.race([promise, leave]);
    this.#leave.raise();
    await leave;
    leaveTurnstile();
    this.#login.flow?.disconnected();
    this.#traffic.disconnected();
    return { ending, openForMs: openedAt === null ? null : Date.now() - openedAt };
  }

  #dial(milestones: Omit<Milestones, "paired">): Connection {
    const auth = this.#login.device();
    const paired = () => this.#login.flow?.paired();
    return this.#traffic.dial({ auth, method: this.#login.method }, { ...milestones, paired });
  }

  #replaced(): void {
    void this.stop("close", "replaced");
    // At once: without keys Baileys would refuse what comes in, and WhatsApp believe it.
    this.#traffic.connection?.end(null);
  }

  #interrupted(step: { reason: ReasonCode; pauseMs: number }, { code }: Ending): void {
    this.#reporter.interrupted(step.reason, code, step.pauseMs);
    // While a phone is being linked, a new connection is part of it and nobody's concern.
    if (!this.#login.flow) this.#reporter.state("reconnecting", step.reason, code);
  }

  async #left(): Promise<void> {
    const { mode, reason } = this.#leaving ?? { mode: "close", reason: null };
    if (mode === "logout" && !this.#isUnlinked) await this.#unlinkAnew();
    const shown = mode === "logout" ? (this.#isUnlinked ? "unlinked_by_us" : null) : reason;
    this.#login.flow?.ended("failed", shown ?? "link_cancelled");
    await this.#end(shown, null);
  }

  /** There was no open connection to unlink on. WhatsApp would keep the device, so one is made for it. */
  async #unlinkAnew(): Promise<void> {
    if (!this.#login.mayBeLinked) return;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const connection: Connection = this.#dial({
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
    // After "ended" the edge believes nothing of this session any more.
    await this.#traffic.close();
    this.#login.flush();
    this.#reporter.ended(reason, upstreamCode, until);
  }
}
