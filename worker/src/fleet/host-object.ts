import { DurableObject } from "cloudflare:workers";
import {
  type EdgeFrame,
  type HostFrame,
  type Lease,
  PROTOCOL_VERSION,
  type Report,
  SILENT_AFTER_MS,
} from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { accountStub } from "../accounts/account-stub.ts";
import { isMigrated, migrate } from "../lib/object-migrations.ts";
import { describeError, log } from "../log.ts";
import { HOST_HEADER } from "./connect-host.ts";
import { readHostFrame } from "./host-frame.ts";
import { HostSessions } from "./host-sessions.ts";
import { ReportLanes } from "./report-lanes.ts";
import { fleetStub } from "./stubs.ts";

/** A host that is back within this time keeps its sessions. */
const GRACE_MS = 5_000;
/** So many accounts are told at once that their host is gone or back. */
const TELL_AT_ONCE = 25;

/** What the runtime keeps with a socket while the object sleeps. */
type Attachment = { host: string; incarnation: string | null; acked: number; seenAt: number };

/**
 * One per host name: holds the host's socket and the list of sessions that were placed there.
 *
 * It carries frames and decides nothing: accounts say who is believed, the fleet says who goes where.
 * The socket hibernates; all that matters is in the list, the socket's attachment, and the host.
 */
export class HostObject extends DurableObject<Env> {
  private sessions: HostSessions | null = null;
  private readonly lanes: ReportLanes;
  private goneSince: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    if (isMigrated(ctx.storage)) this.open();
    this.lanes = new ReportLanes({
      deliver: (account, reports) => this.report(account, reports),
      acknowledge: (n) => this.acknowledge(n),
      onFailure: (account, error) => {
        const host = this.host() ?? "";
        log({ event: "host.report_failed", host, account, error: describeError(error) });
      },
      wait: (ms) => scheduler.wait(ms),
    });
  }

  /** Only for the upgrade, which the route has authenticated. */
  override fetch(request: Request): Response {
    const host = request.headers.get(HOST_HEADER);
    if (host === null || request.headers.get("upgrade") !== "websocket") {
      return new Response("a WebSocket is spoken here", { status: 426 });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    this.attach(server, { host, incarnation: null, acked: 0, seenAt: Date.now() });
    return new Response(null, { status: 101, webSocket: client });
  }

  // Called by accounts and by the consumer of send-jobs. False: the host is not connected.

  deliver(leases: Lease[]): boolean {
    return this.send({ type: "leases", leases });
  }

  command(frame: EdgeFrame): boolean {
    if (frame.type === "stop") this.sessions?.remove(frame.account, frame.epoch);
    const isSent = this.send(frame);
    if (frame.type === "start" && isSent) {
      this.open().put(frame.account, frame.epoch);
      const { account, epoch } = frame;
      log({ event: "session.placed", account, host: this.host() ?? "", epoch });
    }
    return isSent;
  }

  // Called by the runtime

  override async webSocketMessage(ws: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const attachment = attachmentOf(ws);
    const { frame, problem } = readHostFrame(data);
    if (problem !== null) log({ event: "host.bad_frame", host: attachment.host, error: problem });
    if (frame === null) return;
    if (frame.type === "hello") return this.hello(ws, attachment, frame);
    if (attachment.incarnation === null) return ws.close(1002, "hello comes first");

    if (frame.type === "report") this.lanes.push(frame.n, frame.reports);
    else if (frame.type === "keys_get") return this.answerKeys(ws, attachment.host, frame);
    else {
      this.attach(ws, { ...attachment, seenAt: Date.now() });
      await fleetStub(this.env).hostBeat(attachment.host, frame.load, frame.draining);
    }
  }

  override async webSocketClose(ws: WebSocket, code: number): Promise<void> {
    const { host, incarnation } = attachmentOf(ws);
    // 1005 and 1006 are words for "no code": they must not be sent.
    ws.close(code === 1005 || code === 1006 ? 1000 : code);
    if (incarnation === null) return;
    log({ event: "host.disconnected", host, code });
    if (this.socket(ws) !== null) return;
    this.goneSince = Date.now();
    await this.ctx.storage.setAlarm(this.goneSince + GRACE_MS);
  }

  override webSocketError(ws: WebSocket): Promise<void> {
    return this.webSocketClose(ws, 1006);
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    const ws = this.socket();
    if (ws !== null) {
      const { host, seenAt } = attachmentOf(ws);
      if (seenAt + SILENT_AFTER_MS > now) {
        await this.ctx.storage.setAlarm(seenAt + SILENT_AFTER_MS);
        return;
      }
      log({ event: "host.silent", host });
      this.detach(ws);
    } else if (this.goneSince === null) {
      // We slept or were restarted ourselves: the host gets its time to come back.
      this.goneSince = now;
    }
    if (ws === null && (this.goneSince ?? now) + GRACE_MS > now) {
      await this.ctx.storage.setAlarm((this.goneSince ?? now) + GRACE_MS);
      return;
    }
    await this.down();
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
    const acked = isSame ? this.ackedOf(frame.incarnation) : 0;
    if (!isSame) this.lanes.forgetFrames();
    for (const other of this.ctx.getWebSockets()) if (other !== ws) this.detach(other);

    const now = Date.now();
    const { incarnation } = frame;
    this.goneSince = null;
    this.attach(ws, { host, incarnation, acked, seenAt: now });
    sessions.setHost(host, incarnation);
    ws.send(
      JSON.stringify({ type: "welcome", protocol: PROTOCOL_VERSION, acked } satisfies EdgeFrame),
    );
    log({ event: "host.connected", host, incarnation, sessions: frame.sessions.length });
    await this.ctx.storage.setAlarm(now + SILENT_AFTER_MS);
    await fleetStub(this.env).hostUp(host, frame.load, frame.draining);
    if (isSame) await this.reconcile(ws, host, frame);
    else await this.tellLost();
  }

  /** Starts what is missing, stops what is not ours, and has everything open offered again. */
  private async reconcile(
    ws: WebSocket,
    host: string,
    { sessions: running }: Extract<HostFrame, { type: "hello" }>,
  ): Promise<void> {
    const placed = this.open().all();
    const epochs = new Map(placed.map(({ account, epoch }) => [account, epoch]));
    for (const { account, epoch } of running) {
      if (epochs.get(account) !== epoch) this.stop(ws, account, epoch);
    }
    const runs = new Set(running.map(({ account, epoch }) => `${account} ${epoch}`));
    await inTurns(placed, async ({ account, epoch }) => {
      const isRunning = runs.has(`${account} ${epoch}`);
      const answer = await accountStub(this.env, account).hostBack(host, epoch, isRunning);
      if (answer === "keep") return;
      if (answer !== "stop") this.sendTo(ws, answer);
      else {
        this.open().remove(account, epoch);
        if (isRunning) this.stop(ws, account, epoch);
      }
    });
  }

  private async down(): Promise<void> {
    const host = this.host();
    if (host === null) return;
    await fleetStub(this.env).hostDown(host);
    await this.tellLost();
  }

  private async tellLost(): Promise<void> {
    const host = this.host();
    if (host === null) return;
    const sessions = this.open();
    await inTurns(sessions.all(), async ({ account, epoch }) => {
      await accountStub(this.env, account).hostLost(host, epoch, "host_lost");
      sessions.remove(account, epoch);
    });
  }

  private async report(account: Id<"account">, reports: Report[]): Promise<void> {
    const host = this.host();
    if (host === null) return;
    const { fenced } = await accountStub(this.env, account).report(host, reports);
    const ws = this.socket();
    for (const epoch of fenced) {
      log({ event: "session.fenced", account, host, epoch });
      this.open().remove(account, epoch);
      if (ws !== null) this.stop(ws, account, epoch);
    }
  }

  private async answerKeys(
    ws: WebSocket,
    host: string,
    { account, epoch, names, request }: Extract<HostFrame, { type: "keys_get" }>,
  ): Promise<void> {
    const values = await accountStub(this.env, account).readKeys(host, epoch, names);
    this.sendTo(ws, { type: "keys", request, values });
  }

  private acknowledge(n: number): void {
    const ws = this.socket();
    if (ws === null) return;
    this.attach(ws, { ...attachmentOf(ws), acked: n, seenAt: Date.now() });
    this.sendTo(ws, { type: "ack", n });
  }

  private stop(ws: WebSocket, account: Id<"account">, epoch: number): void {
    this.sendTo(ws, { type: "stop", account, epoch, mode: "close" });
  }

  private send(frame: EdgeFrame): boolean {
    const ws = this.socket();
    return ws !== null && this.sendTo(ws, frame);
  }

  private sendTo(ws: WebSocket, frame: EdgeFrame): boolean {
    try {
      ws.send(JSON.stringify(frame));
      return true;
    } catch {
      // It closed meanwhile; the hello of the next socket makes up for what was missed.
      return false;
    }
  }

  /** The socket that said hello, if the host is connected. */
  private socket(except?: WebSocket): WebSocket | null {
    const sockets = this.ctx.getWebSockets();
    return (
      sockets.find(
        (ws) =>
          ws !== except &&
          ws.readyState === WebSocket.OPEN &&
          attachmentOf(ws).incarnation !== null,
      ) ?? null
    );
  }

  /** Closes a socket that no longer speaks for the host. */
  private detach(ws: WebSocket): void {
    this.attach(ws, { ...attachmentOf(ws), incarnation: null });
    ws.close(1000, "replaced or silent");
  }

  private attach(ws: WebSocket, attachment: Attachment): void {
    ws.serializeAttachment(attachment);
  }

  /** How far this process was acknowledged, as far as a socket of it remembers; 0 is always safe. */
  private ackedOf(incarnation: string): number {
    const sockets = this.ctx.getWebSockets().map(attachmentOf);
    return Math.max(0, ...sockets.filter((s) => s.incarnation === incarnation).map((s) => s.acked));
  }

  private host(): string | null {
    return this.sessions?.host() ?? null;
  }

  private open(): HostSessions {
    if (this.sessions === null) {
      migrate(this.ctx.storage, HostSessions.migrations);
      this.sessions = new HostSessions(this.ctx.storage.sql);
    }
    return this.sessions;
  }
}

/** What `attach` put there; every accepted socket has it. */
function attachmentOf(ws: WebSocket): Attachment {
  return ws.deserializeAttachment() as Attachment;
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += TELL_AT_ONCE) {
    await Promise.all(items.slice(i, i + TELL_AT_ONCE).map(work));
  }
}
