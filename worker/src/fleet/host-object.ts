import { DurableObject } from "cloudflare:workers";
import type { HostState } from "@roost/contract/admin";
import {
  type EdgeFrame,
  GRACE_MS,
  type HostFrame,
  type Lease,
  type Load,
  PROTOCOL_VERSION,
  type Report,
} from "@roost/contract/host";
import { isUnwell } from "@roost/contract/host-condition";
import type { Id } from "@roost/contract/ids";
import { accountStub } from "../accounts/account-stub.ts";
import { configOf } from "../config.ts";
import { isMigrated, migrate } from "../lib/object-migrations.ts";
import { ring } from "../lib/ring.ts";
import { describeError, log } from "../log.ts";
import { HOST_HEADER } from "./connect-host.ts";
import { readHostFrame } from "./host-frame.ts";
import { attach, type Attachment, attachmentOf, HostSockets, sendFrame } from "./host-sockets.ts";
import { type ErrorCount, errorOf, HostErrors } from "./host-errors.ts";
import { type HostedSession, HostSessions, type OwedSession } from "./host-sessions.ts";
import { hostMigrations } from "./host-storage.ts";
import { watchHost } from "./host-watch.ts";
import { OwedNews } from "./owed-news.ts";
import { ReportLanes } from "./report-lanes.ts";
import { fleetStub } from "./stubs.ts";
import { WatchRound } from "./watch-round.ts";

/** An alarm is a little late as a rule; later than this, nobody will ring it. */
const OVERDUE_MS = 30_000;
/** Of so many sessions the idlest are looked for, and so many of those are asked. */
const MAX_LOOKED_AT = 10_000;
const ASK_WHO_IS_IDLE = 10;

/** A host as those who run the fleet see it. */
export type HostView = {
  name: string;
  region: string;
  state: HostState;
  load: Load | null;
  accounts: number;
  connectedAt: number | null;
  seenAt: number | null;
  errors: ErrorCount[];
};

/**
 * One per host name: holds the host's socket and the list of sessions that were placed there.
 *
 * It carries frames and decides nothing: accounts say who is believed, the fleet says who goes where.
 * The socket hibernates; all that matters is in the list, the socket's attachment, and the host.
 */
export class HostObject extends DurableObject<Env> {
  private sessions: HostSessions | null = null;
  private errors: HostErrors | null = null;
  /** The last report frame that errors were counted of: repeated ones are not counted again. */
  private countedTo = 0;
  /** Whose accounts are here has changed since placement was told. */
  private isCensusNew = true;
  private readonly watchRound = new WatchRound();
  private readonly lanes: ReportLanes;
  private readonly news: OwedNews;
  private readonly sockets: HostSockets;
  private goneUntil: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    this.sockets = new HostSockets(ctx);
    if (isMigrated(ctx.storage)) this.open();
    this.lanes = new ReportLanes({
      connect: (account) => {
        const stub = accountStub(env, account);
        return (reports) => this.report(account, stub, reports);
      },
      acknowledge: (n) => this.acknowledge(n),
      onFailure: (account, error) => {
        const host = this.host() ?? "";
        log({ event: "host.report_failed", host, account, error: describeError(error) });
      },
      wait: (ms) => scheduler.wait(ms),
    });
    this.news = new OwedNews({
      list: () => this.open().owed(),
      tell: (owed) => this.tell(owed),
      onFailure: ({ account }, error) => {
        const host = this.host() ?? "";
        log({ event: "host.account_not_told", host, account, error: describeError(error) });
      },
      wait: (ms) => scheduler.wait(ms),
      random: Math.random,
    });
  }

  /** Only for the upgrade, which the route has authenticated. */
  override fetch(request: Request): Response {
    const host = request.headers.get(HOST_HEADER);
    if (host === null || request.headers.get("upgrade") !== "websocket") {
      return new Response("a WebSocket is spoken here", { status: 426 });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.sockets.accept(server, host);
    return new Response(null, { status: 101, webSocket: client });
  }

  // Called by accounts and by the consumer of send-jobs. False: the host is not connected.

  deliver(leases: Lease[]): boolean {
    for (const { account } of leases) this.watchRound.worked(account, Date.now());
    return this.send({ type: "leases", leases });
  }

  /** Tells the host something of a session of this tenant's. */
  command(frame: EdgeFrame, tenant: Id<"tenant">): boolean {
    if (frame.type === "stop") this.remove(frame.account, frame.epoch);
    const isSent = this.send(frame);
    if (frame.type === "start" && isSent) {
      this.open().put(frame, tenant, Date.now());
      this.isCensusNew = true;
      const { account, epoch } = frame;
      log({ event: "session.placed", account, host: this.host() ?? "", epoch });
    }
    return isSent;
  }

  // Called by those who run the fleet. Null: there never was such a host.

  view(errorsSince: number): HostView | null {
    const facts = this.sessions?.facts() ?? null;
    if (this.sessions === null || facts === null) return null;
    const ws = this.sockets.current();
    return {
      name: facts.name,
      region: this.region(),
      state: this.state(ws),
      load: ws && attachmentOf(ws).load,
      accounts: this.sessions.count(),
      connectedAt: ws && facts.connectedAt,
      seenAt: ws === null ? facts.seenAt : this.sockets.seenAt(ws),
      errors: this.errors?.since(errorsSince) ?? [],
    };
  }

  hosted(limit: number): HostedSession[] {
    return this.sessions?.hosted(limit) ?? [];
  }

  /** It gives everything back and takes nothing, until it is told otherwise. False: no such host. */
  setDraining(isDraining: boolean): boolean {
    if (this.sessions === null || this.sessions.facts() === null) return false;
    this.sessions.setDraining(isDraining);
    this.send({ type: isDraining ? "drain" : "resume" });
    const ws = this.sockets.current();
    if (ws !== null) this.tellNews(ws);
    return true;
  }

  /**
   * Gives one account away that has nothing to do, the one that has been idle longest first. False:
   * all that were asked are busy.
   */
  async giveOne(): Promise<boolean> {
    const host = this.host();
    if (this.sessions === null || host === null) return false;
    const at = ({ account }: HostedSession): number => this.watchRound.workedAt(account);
    const idlest = this.sessions
      .hosted(MAX_LOOKED_AT)
      .filter(({ state }) => state === "connected")
      .sort((a, b) => at(a) - at(b))
      .slice(0, ASK_WHO_IS_IDLE);
    for (const { account, epoch } of idlest) {
      if (!(await accountStub(this.env, account).isIdle(host, epoch))) continue;
      return this.send({ type: "release", account, epoch });
    }
    return false;
  }

  // Called by the runtime

  override async webSocketMessage(ws: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const attachment = attachmentOf(ws);
    const { frame, problem } = readHostFrame(data);
    if (problem !== null) log({ event: "host.bad_frame", host: attachment.host, error: problem });
    if (frame === null) {
      // Left open, it would be a socket that both sides take for the other's business.
      if (attachment.incarnation === null) ws.close(1008, "this hello cannot be read");
      return;
    }
    if (frame.type === "hello") return this.hello(ws, attachment, frame);
    if (attachment.incarnation === null) return ws.close(1002, "hello comes first");

    if (frame.type === "report") {
      this.count(frame.n, frame.reports);
      this.lanes.push(frame.n, frame.reports);
    } else if (frame.type === "keys_get") return this.answerKeys(ws, attachment.host, frame);
    else this.beat(ws, attachment, frame);
  }

  override async webSocketClose(ws: WebSocket, code: number): Promise<void> {
    const { host, incarnation } = attachmentOf(ws);
    // 1005 and 1006 are words for "no code": they must not be sent.
    ws.close(code === 1005 || code === 1006 ? 1000 : code);
    if (incarnation === null) return;
    log({ event: "host.disconnected", host, code });
    if (this.sockets.current(ws) !== null) return;
    this.open().setSeen(Date.now());
    this.goneUntil = Date.now() + GRACE_MS;
    await this.arm();
  }

  override webSocketError(ws: WebSocket): Promise<void> {
    return this.webSocketClose(ws, 1006);
  }

  override async alarm(invocation?: AlarmInvocationInfo): Promise<void> {
    await ring(
      invocation,
      this.ctx.storage,
      () => this.watch(),
      (error) => {
        const object = this.host() ?? "";
        log({ event: "alarm.given_up", object, error: describeError(error) });
      },
    );
  }

  /** The watchdog asks: what our own alarm should have done, and that of the accounts here. */
  async look(): Promise<void> {
    if (this.sessions === null) return;
    const at = await this.ctx.storage.getAlarm();
    const hasWork = this.sockets.current() !== null || this.sessions.count() > 0;
    if (at === null ? hasWork : at < Date.now() - OVERDUE_MS) await this.watch();
    const round = this.watchRound.next(this.sessions, Date.now());
    await Promise.all(round.map((account) => this.lookAt(account)));
  }

  private async lookAt(account: Id<"account">): Promise<void> {
    try {
      await accountStub(this.env, account).look();
    } catch (error) {
      log({ event: "watchdog.failed", object: account, error: describeError(error) });
    }
  }

  /** Gives the host time, or gives it up. */
  private async watch(): Promise<void> {
    const now = Date.now();
    const ws = this.sockets.current();
    const { goneUntil } = this;
    const verdict = watchHost({ seenAt: ws && this.sockets.seenAt(ws), goneUntil }, now);
    if (verdict.kind === "wait" && ws === null) this.goneUntil = verdict.until;
    if (verdict.kind === "silent" && ws !== null) {
      log({ event: "host.silent", host: attachmentOf(ws).host });
      this.open().setSeen(this.sockets.seenAt(ws));
      this.sockets.detach(ws);
      this.goneUntil = now;
    }
    if (verdict.kind !== "wait") {
      const host = this.host();
      if (host !== null) this.tellFleet((fleet) => fleet.hostDown(host));
      this.open().oweLost();
    }
    await this.tellOwed();
  }

  private async hello(
    ws: WebSocket,
    attachment: Attachment,
    frame: Extract<HostFrame, { type: "hello" }>,
  ): Promise<void> {
    const { host } = attachment;
    if (frame.host !== host || frame.protocol !== PROTOCOL_VERSION) {
      log({ event: "host.bad_frame", host, error: "hello of another host or protocol" });
      return ws.close(1008, "this host or protocol is not expected here");
    }
    const sessions = this.open();
    const isSame = sessions.incarnation() === frame.incarnation;
    const acked = isSame ? this.sockets.ackedOf(frame.incarnation) : 0;
    if (!isSame) {
      this.lanes.forgetFrames();
      this.countedTo = 0;
    }
    this.sockets.detachOthers(ws);

    const { incarnation } = frame;
    this.goneUntil = null;
    const { defaultRegion } = configOf(this.env);
    const { load, draining: isDraining, region = defaultRegion } = frame;
    const now = Date.now();
    attach(ws, {
      host,
      incarnation,
      acked,
      seenAt: now,
      load,
      isDraining,
      isUnwell: isUnwell(false, load),
    });
    sessions.setHost({ name: host, incarnation, region }, now);
    sendFrame(ws, { type: "welcome", protocol: PROTOCOL_VERSION, acked });
    log({ event: "host.connected", host, incarnation, sessions: frame.sessions.length });
    if (sessions.facts()?.isDraining === true) sendFrame(ws, { type: "drain" });
    this.isCensusNew = true;
    this.tellNews(ws);
    if (region !== defaultRegion) {
      this.tellFleet(() => fleetStub(this.env, defaultRegion).regionSeen(region));
    }

    const epochs = new Map(sessions.all().map(({ account, epoch }) => [account, epoch]));
    for (const { account, epoch } of frame.sessions) {
      if (epochs.get(account) !== epoch) this.stop(ws, account, epoch);
    }
    if (isSame) sessions.oweBack(frame.sessions);
    else sessions.oweLost();
    await this.tellOwed();
  }

  private beat(
    ws: WebSocket,
    attachment: Attachment,
    { load, draining }: Extract<HostFrame, { type: "beat" }>,
  ): void {
    attach(ws, {
      ...attachment,
      seenAt: Date.now(),
      load,
      isDraining: draining,
      isUnwell: isUnwell(attachment.isUnwell, load),
    });
    this.errors?.keep(Date.now());
    this.tellNews(ws);
  }

  /** Placement learns how the host is, and, when that has changed, whose accounts are on it. */
  private tellNews(ws: WebSocket): void {
    const { host, load } = attachmentOf(ws);
    if (load === null) return;
    const tenants = this.isCensusNew ? this.open().tenants() : null;
    this.isCensusNew = false;
    const state = this.state(ws);
    this.tellFleet(async (fleet) => {
      this.isCensusNew ||= await fleet.hostSaid(host, { state, load, tenants });
    });
  }

  private state(ws: WebSocket | null): HostState {
    if (ws === null) return "down";
    const attachment = attachmentOf(ws);
    if (attachment.isDraining || this.sessions?.facts()?.isDraining === true) return "draining";
    return attachment.isUnwell ? "unwell" : "up";
  }

  /** What the frame tells of the sessions, for those who run the fleet. */
  private count(n: number, reports: readonly Report[]): void {
    if (n <= this.countedTo) return;
    this.countedTo = n;
    const now = Date.now();
    for (const report of reports) {
      this.sessions?.noteState(report, now);
      const error = errorOf(report);
      if (error !== null) this.errors?.note(error, now);
    }
  }

  /** Tells accounts what became of their host; the alarm goes on with whoever could not be told. */
  private async tellOwed(): Promise<void> {
    await this.arm();
    await this.news.tellAll();
    await this.arm();
  }

  private async tell(owed: OwedSession): Promise<void> {
    const { account, epoch } = owed;
    const host = this.host();
    if (host === null) return;
    const stub = accountStub(this.env, account);
    if (owed.owed === "lost") {
      await stub.hostLost(host, epoch, "host_lost");
      return this.open().told(owed);
    }
    // Gone again: its next hello, or its loss, is what the account has to be told then.
    if (this.sockets.current() === null) return;
    const answer = await stub.hostBack(host, epoch, owed.owed === "running");
    if (answer === "stop") {
      this.remove(account, epoch);
      const ws = this.sockets.current();
      if (ws !== null && owed.owed === "running") this.stop(ws, account, epoch);
    } else if (answer === "keep" || this.send(answer)) {
      this.open().told(owed);
    }
  }

  /** The one alarm: for the next look at the host, or for who has to be told again. */
  private async arm(): Promise<void> {
    const now = Date.now();
    const ws = this.sockets.current();
    const { goneUntil } = this;
    const verdict = watchHost({ seenAt: ws && this.sockets.seenAt(ws), goneUntil }, now);
    const waits = verdict.kind === "wait" ? [verdict.until] : [];
    if (this.open().owesAny()) waits.push(now + this.news.retryMs());
    if (waits.length > 0) await this.ctx.storage.setAlarm(Math.min(...waits));
  }

  /** Placement learns of it; what it misses, the next beat or a failed placement makes good. */
  private tellFleet(tell: (fleet: ReturnType<typeof fleetStub>) => Promise<void>): void {
    const telling = async (): Promise<void> => {
      try {
        await tell(fleetStub(this.env, this.region()));
      } catch (error) {
        log({ event: "host.fleet_failed", host: this.host() ?? "", error: describeError(error) });
      }
    };
    this.ctx.waitUntil(telling());
  }

  private async report(
    account: Id<"account">,
    stub: ReturnType<typeof accountStub>,
    reports: Report[],
  ): Promise<void> {
    const host = this.host();
    if (host === null) return;
    const { fenced } = await stub.report(host, reports);
    const ws = this.sockets.current();
    for (const epoch of fenced) {
      log({ event: "session.fenced", account, host, epoch });
      this.remove(account, epoch);
      if (ws !== null) this.stop(ws, account, epoch);
    }
  }

  private async answerKeys(
    ws: WebSocket,
    host: string,
    { account, epoch, names, request }: Extract<HostFrame, { type: "keys_get" }>,
  ): Promise<void> {
    try {
      const values = await accountStub(this.env, account).readKeys(host, epoch, names);
      sendFrame(ws, { type: "keys", request, values });
    } catch (error) {
      // No answer is a question that the host asks again.
      log({ event: "host.keys_failed", host, account, error: describeError(error) });
    }
  }

  private acknowledge(n: number): void {
    const ws = this.sockets.current();
    if (ws === null) return;
    attach(ws, { ...attachmentOf(ws), acked: n, seenAt: Date.now() });
    sendFrame(ws, { type: "ack", n });
  }

  private stop(ws: WebSocket, account: Id<"account">, epoch: number): void {
    sendFrame(ws, { type: "stop", account, epoch, mode: "close" });
  }

  private send(frame: EdgeFrame): boolean {
    const ws = this.sockets.current();
    return ws !== null && sendFrame(ws, frame);
  }

  private remove(account: Id<"account">, epoch: number): void {
    this.sessions?.remove(account, epoch);
    this.watchRound.forget(account);
    this.isCensusNew = true;
  }

  private region(): string {
    return this.sessions?.facts()?.region ?? configOf(this.env).defaultRegion;
  }

  private host(): string | null {
    return this.sessions?.host() ?? null;
  }

  private open(): HostSessions {
    if (this.sessions === null) {
      migrate(this.ctx.storage, hostMigrations);
      this.sessions = new HostSessions(this.ctx.storage.sql);
      this.errors = new HostErrors(this.ctx.storage.sql);
    }
    return this.sessions;
  }
}
