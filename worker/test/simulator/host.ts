import type { EdgeFrame, HostFrame, LeasedMessage, Load, Report } from "@roost/contract/host";
import {
  BEAT_EVERY_MS,
  PING_EVERY_MS,
  PROTOCOL_VERSION,
  WORK_LEASE_MS,
} from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { Hearing } from "../../../session-node/src/link/hearing.ts";
import { ReportBuffer } from "../../../session-node/src/link/report-buffer.ts";
import { defaultTimings } from "../../../session-node/src/timings.ts";
import type { Runtime } from "./runtime.ts";
import { type Bare, SimulatedSession } from "./session.ts";
import type { WhatsApp } from "./whatsapp.ts";
import type { Wire } from "./wire.ts";

const REDIAL_MS = 400;
const CAPACITY = 50;

/**
 * A session-node host in virtual time: the protocol and its promises, with the real buffer of reports
 * and the real decisions about each message; everything else is as short as it can be.
 */
export class SimulatedHost {
  readonly name: string;
  readonly runtime: Runtime;
  readonly whatsapp: WhatsApp;
  private readonly numberOf: (account: Id<"account">) => string;
  /** Grows with every process under this name; what an earlier one still wanted is void. */
  private life = 0;
  private isUp = false;
  private isDraining = false;
  private frozenUntil = 0;
  private buffer = new ReportBuffer();
  private sessions = new Map<Id<"account">, SimulatedSession>();
  private wire: Wire | null = null;
  private isWelcome = false;
  private isSealing = false;
  private hearing: Hearing;
  private unanswered = 0;

  constructor(
    runtime: Runtime,
    whatsapp: WhatsApp,
    name: string,
    numberOf: SimulatedHost["numberOf"],
  ) {
    this.runtime = runtime;
    this.whatsapp = whatsapp;
    this.name = name;
    this.numberOf = numberOf;
    this.hearing = this.newHearing();
  }

  // Its life

  start(): void {
    this.life += 1;
    this.isUp = true;
    this.isDraining = false;
    this.frozenUntil = 0;
    this.buffer = new ReportBuffer();
    this.sessions = new Map();
    this.isSealing = false;
    this.isWelcome = false;
    this.hearing = this.newHearing();
    this.runtime.note("HOST starts", this.name);
    this.dial();
    this.repeat(PING_EVERY_MS, () => this.ping());
    this.repeat(BEAT_EVERY_MS, () =>
      this.send({ type: "beat", load: this.load(), draining: this.isDraining }),
    );
  }

  /** `kill -9`: nothing is said to anybody; the same name is there again in a while. */
  kill(): void {
    if (!this.isUp) return;
    this.runtime.note("HOST killed", this.name);
    this.life += 1;
    this.isUp = false;
    for (const session of this.sessions.values()) session.vanish();
    this.wire?.cut();
    this.wire = null;
    this.runtime.time.after(this.runtime.random.between(500, 60_000), () => this.start());
  }

  freeze(forMs: number): void {
    this.runtime.note("HOST frozen", `${this.name} for ${forMs}`);
    this.frozenUntil = this.runtime.time.now + forMs;
  }

  drain(): void {
    if (!this.isUp || this.isDraining) return;
    this.runtime.note("HOST drains", this.name);
    this.isDraining = true;
    this.send({ type: "beat", load: this.load(), draining: true });
    for (const session of this.sessions.values()) session.end("host_draining");
    this.sessions.clear();
    this.later(8_000, () => this.kill());
  }

  cut(): void {
    this.wire?.cut();
  }

  stall(forMs: number): void {
    this.wire?.stall(forMs);
  }

  // For its sessions

  report(account: Id<"account">, epoch: number, bare: Bare<Report>): void {
    this.buffer.add({ ...bare, account, epoch });
    if (this.isSealing) return;
    this.isSealing = true;
    this.later(1, () => {
      this.isSealing = false;
      if (!this.isWelcome) return;
      for (const { text } of this.buffer.seal()) this.wire?.toEdge(text);
    });
  }

  mayWork(): boolean {
    return this.isUp && this.isBelieved() && !this.isDraining;
  }

  /** Whether the edge has heard it so lately that nobody else can have its accounts. */
  isBelieved(): boolean {
    return this.hearing.silentMs() < WORK_LEASE_MS;
  }

  /** As a timer of this process: void once it is gone, late while it stands still. */
  later(ms: number, work: () => void): void {
    const { life } = this;
    this.runtime.time.after(ms, () => {
      if (life !== this.life) return;
      const { now } = this.runtime.time;
      if (now < this.frozenUntil) this.later(this.frozenUntil - now, work);
      else work();
    });
  }

  private repeat(ms: number, work: () => void): void {
    this.later(ms, () => {
      work();
      this.repeat(ms, work);
    });
  }

  // The link to the edge

  private dial(): void {
    const { life } = this;
    const isMine = (): boolean => life === this.life;
    let wire: Wire | null = null;
    const dialling = this.runtime.dial(this.name, {
      message: (text) => this.later(0, () => wire === this.wire && this.hear(text)),
      closed: () => this.later(0, () => wire === this.wire && this.redial()),
    });
    void dialling.then((open) => {
      if (!isMine()) return open.cut();
      wire = open;
      this.hearing.newSocket();
      this.unanswered = 0;
      this.wire = open;
      this.isWelcome = false;
      const sessions = [...this.sessions].map(([account, { epoch }]) => ({ account, epoch }));
      return this.send({
        type: "hello",
        protocol: PROTOCOL_VERSION,
        host: this.name,
        incarnation: `incarnation-${this.name}-${this.life}`,
        load: this.load(),
        sessions,
        draining: this.isDraining,
      });
    });
  }

  private redial(): void {
    this.wire = null;
    this.isWelcome = false;
    this.later(this.runtime.random.between(REDIAL_MS / 2, REDIAL_MS), () => {
      if (this.wire === null) this.dial();
    });
  }

  /** The edge answers pings by itself, however busy or asleep its object is. */
  private ping(): void {
    this.hearing.asked();
    this.unanswered += 1;
    if (this.wire?.ping() === true) {
      // What a stalled socket held came through together.
      for (; this.unanswered > 0; this.unanswered--) this.hearing.answered();
    }
    const silentMs = this.hearing.silentMs();
    if (this.wire !== null && silentMs >= defaultTimings.edgeSilentMs && silentMs < Infinity) {
      this.wire.cut();
      this.redial();
    }
    if (silentMs >= defaultTimings.letGoMs)
      for (const session of this.sessions.values()) session.letGo();
    else for (const session of this.sessions.values()) session.pump();
  }

  private newHearing(): Hearing {
    return new Hearing(() => ({ wall: Date.now(), steady: this.runtime.time.now }));
  }

  private send(frame: HostFrame): void {
    this.wire?.toEdge(JSON.stringify(frame));
  }

  private load(): Load {
    const busy = { rss_bytes: 100_000_000, memory_limit_bytes: 0, event_loop_delay_ms: 1 };
    return { sessions: this.sessions.size, capacity: CAPACITY, ...busy };
  }

  private hear(text: string): void {
    // The edge's own code made it.
    this.obey(JSON.parse(text) as EdgeFrame);
  }

  private obey(frame: EdgeFrame): void {
    switch (frame.type) {
      case "welcome":
        this.isWelcome = true;
        for (const again of this.buffer.resume(frame.acked)) this.wire?.toEdge(again.text);
        for (const session of this.sessions.values()) session.pump();
        break;
      case "ack":
        this.buffer.acknowledge(frame.n);
        break;
      case "start":
        this.startSession(frame);
        break;
      case "stop": {
        const session = this.sessions.get(frame.account);
        if (session === undefined || session.epoch > frame.epoch) break;
        session.vanish();
        this.sessions.delete(frame.account);
        break;
      }
      case "leases":
        for (const { account, epoch, messages } of frame.leases)
          this.take(account, epoch, messages);
        break;
      case "release":
        this.giveBack(frame.account, frame.epoch);
        break;
      case "drain":
        this.drain();
        break;
      case "resume":
        this.isDraining = false;
        break;
      case "revoke":
        this.sessions.get(frame.account)?.revoke(frame.messages);
        break;
      default:
        break;
    }
  }

  private startSession({ account, epoch, link }: Extract<EdgeFrame, { type: "start" }>): void {
    const known = this.sessions.get(account);
    if (known !== undefined && known.epoch >= epoch) return;
    if (this.isDraining) {
      const at = Date.now();
      const told = {
        state: "ended",
        reason: "host_draining",
        self: null,
        upstream_code: null,
        at,
      } as const;
      return this.report(account, epoch, { kind: "session", ...told });
    }
    known?.vanish();
    const session = new SimulatedSession(
      this,
      account,
      epoch,
      this.numberOf(account),
      known?.known,
    );
    this.sessions.set(account, session);
    session.connect(link !== null);
  }

  private giveBack(account: Id<"account">, epoch: number): void {
    const session = this.sessions.get(account);
    if (session?.epoch !== epoch) return;
    session.end("host_moved");
    this.sessions.delete(account);
  }

  private take(account: Id<"account">, epoch: number, messages: readonly LeasedMessage[]): void {
    const session = this.sessions.get(account);
    if (session?.epoch === epoch) session.take(messages);
  }
}
