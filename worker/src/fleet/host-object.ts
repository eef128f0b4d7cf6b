import { DurableObject } from "cloudflare:workers";
import {
  type EdgeFrame,
  type HostFrame,
  type Lease,
  PROTOCOL_VERSION,
  type Report,
} from "@roost/contract/host";
import { isUnwell } from "@roost/contract/host-condition";
import type { Id } from "@roost/contract/ids";
import { configOf } from "../config.ts";
import { isMigrated, migrate } from "../lib/object-migrations.ts";
import { ring } from "../lib/ring.ts";
import { describeError, log } from "../log.ts";
import { HOST_HEADER } from "./connect-host.ts";
import { FleetNews } from "./fleet-news.ts";
import { readHostFrame } from "./host-frame.ts";
import { attach, type Attachment, attachmentOf, HostSockets, sendFrame } from "./host-sockets.ts";
import { HostAccounts } from "./host-accounts.ts";
import { errorOf, HostErrors } from "./host-errors.ts";
import { type HostedSession, HostSessions } from "./host-sessions.ts";
import { HostPresence } from "./host-presence.ts";
import { hostMigrations } from "./host-storage.ts";
import { type HostView, hostState, viewOf } from "./host-view.ts";
import { OwedNews } from "./owed-news.ts";
import { ReportLanes } from "./report-lanes.ts";

/** An alarm is a little late as a rule; later than this, nobody will ring it. */
const OVERDUE_MS = 30_000;

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
  private readonly fleet: FleetNews;
  private readonly accounts: HostAccounts;
  private readonly lanes: ReportLanes;
  private readonly sockets: HostSockets;
  private readonly presence: HostPresence;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    this.sockets = new HostSockets(ctx);
    this.fleet = new FleetNews({ env, background: (work) => ctx.waitUntil(work) });
    if (isMigrated(ctx.storage)) this.open();
    this.accounts = new HostAccounts({
      env,
      host: () => this.host(),
      sessions: () => this.open(),
      isConnected: () => this.sockets.current() !== null,
      send: (frame) => this.send(frame),
      onChange: () => this.fleet.censusChanged(),
    });
    this.lanes = new ReportLanes({
      connect: (account) => this.accounts.line(account),
      acknowledge: (n) => this.acknowledge(n),
      onFailure: (account, error) => {
        const host = this.host() ?? "";
        log({ event: "host.report_failed", host, account, error: describeError(error) });
      },
      wait: (ms) => scheduler.wait(ms),
    });
    const news = new OwedNews({
      list: () => this.open().owed(),
      tell: (owed) => this.accounts.tell(owed),
      onFailure: ({ account }, error) => {
        const host = this.host() ?? "";
        log({ event: "host.account_not_told", host, account, error: describeError(error) });
      },
      wait: (ms) => scheduler.wait(ms),
      random: Math.random,
    });
    this.presence = new HostPresence({
      sockets: this.sockets,
      sessions: () => this.open(),
      news,
      down: () => {
        const host = this.host();
        if (host !== null) this.fleet.down(host, this.region());
      },
      setAlarm: (at) => ctx.storage.setAlarm(at),
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
    this.accounts.worked(leases);
    return this.send({ type: "leases", leases });
  }

  /** Tells the host something of a session of this tenant's. */
  command(frame: EdgeFrame, tenant: Id<"tenant">): boolean {
    if (frame.type === "stop") this.accounts.remove(frame);
    const isSent = this.send(frame);
    if (frame.type === "start" && isSent) this.accounts.placed(frame, tenant);
    return isSent;
  }

  // Called by those who run the fleet. Null: there never was such a host.

  view(errorsSince: number): HostView | null {
    const facts = this.sessions?.facts() ?? null;
    if (this.sessions === null || facts === null) return null;
    const ws = this.sockets.current();
    return viewOf(facts, ws && attachmentOf(ws), {
      region: this.region(),
      accounts: this.sessions.count(),
      seenAt: ws && this.sockets.seenAt(ws),
      errors: this.errors?.since(errorsSince) ?? [],
    });
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
    if (ws !== null) this.tellFleet(ws);
    return true;
  }

  /** Has the host give one idle account away; false when none is. */
  async giveOne(): Promise<boolean> {
    return this.sessions !== null && this.accounts.giveOne();
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
    } else if (frame.type === "keys_get") {
      const values = await this.accounts.keys(frame);
      if (values !== undefined) sendFrame(ws, { type: "keys", request: frame.request, values });
    } else this.beat(ws, attachment, frame);
  }

  override async webSocketClose(ws: WebSocket, code: number): Promise<void> {
    const { host, incarnation } = attachmentOf(ws);
    // 1005 and 1006 are words for "no code": they must not be sent.
    ws.close(code === 1005 || code === 1006 ? 1000 : code);
    if (incarnation === null) return;
    log({ event: "host.disconnected", host, code });
    if (this.sockets.current(ws) === null) await this.presence.left();
  }

  override webSocketError(ws: WebSocket): Promise<void> {
    return this.webSocketClose(ws, 1006);
  }

  override async alarm(invocation?: AlarmInvocationInfo): Promise<void> {
    await ring(
      invocation,
      this.ctx.storage,
      () => this.presence.watch(),
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
    if (at === null ? hasWork : at < Date.now() - OVERDUE_MS) await this.presence.watch();
    await this.accounts.look();
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
    this.presence.isBack();
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
    const before = this.region();
    if (before !== region) this.fleet.down(host, before);
    sessions.setHost({ name: host, incarnation, region }, now);
    sendFrame(ws, { type: "welcome", protocol: PROTOCOL_VERSION, acked });
    log({ event: "host.connected", host, incarnation, sessions: frame.sessions.length });
    if (sessions.facts()?.isDraining === true) sendFrame(ws, { type: "drain" });
    this.fleet.censusChanged();
    this.tellFleet(ws);
    this.fleet.regionSeen(host, region);

    const epochs = new Map(sessions.all().map(({ account, epoch }) => [account, epoch]));
    for (const { account, epoch } of frame.sessions) {
      if (epochs.get(account) !== epoch) this.accounts.stop({ account, epoch });
    }
    if (isSame) sessions.oweBack(frame.sessions);
    else sessions.oweLost();
    await this.presence.tellOwed();
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
    this.tellFleet(ws);
  }

  private tellFleet(ws: WebSocket): void {
    const attachment = attachmentOf(ws);
    const { host: name, load } = attachment;
    if (load === null) return;
    const state = hostState(attachment, this.sessions?.facts()?.isDraining ?? false);
    this.fleet.tell({ name, region: this.region() }, { state, load }, () => this.open().tenants());
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

  private acknowledge(n: number): void {
    const ws = this.sockets.current();
    if (ws === null) return;
    attach(ws, { ...attachmentOf(ws), acked: n, seenAt: Date.now() });
    sendFrame(ws, { type: "ack", n });
  }

  private send(frame: EdgeFrame): boolean {
    const ws = this.sockets.current();
    return ws !== null && sendFrame(ws, frame);
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
