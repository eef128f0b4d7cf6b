import { SELF } from "cloudflare:test";
import { env } from "cloudflare:workers";
import {
  EdgeFrame,
  HOST_TOKEN_AUDIENCE,
  type HostFrame,
  type LeasedMessage,
  type Lease,
  PROTOCOL_VERSION,
  type Report,
  type SessionReport,
} from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { SignJWT } from "jose";
import { vi } from "vitest";
import { ORIGIN } from "./given.ts";

type Start = Extract<EdgeFrame, { type: "start" }>;
type Account = Id<"account">;
/** A report without what the host fills in itself. */
type Bare<R> = R extends Report ? Omit<R, "account" | "epoch"> : never;

/** What a token for the host's socket looks like. */
export function hostToken(name: string, secret = env.HOST_SECRET): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(HOST_TOKEN_AUDIENCE)
    .setSubject(name)
    .setIssuedAt()
    .setExpirationTime("60s")
    .sign(new TextEncoder().encode(secret));
}

/** A session host as the edge sees it: it speaks the protocol over a real WebSocket, and no more. */
export class FakeHost {
  private static readonly all = new Set<FakeHost>();
  readonly name: string;
  readonly incarnation: string;
  readonly frames: EdgeFrame[] = [];
  readonly sessions = new Map<Account, number>();
  acked = 0;
  capacity = 1_000;
  rssMegabytes = 100;
  loopDelayMs = 0;
  /** Null: it says none. */
  region: string | null = null;
  /** Answers leases at once with `sent`. */
  isSending = true;
  /** Gives back what it is asked for, as far as it has not begun it. */
  isGivingBack = false;
  readonly begun = new Set<LeasedMessage["id"]>();
  private readonly inHand = new Map<LeasedMessage["id"], Account>();
  private unacked: Extract<HostFrame, { type: "report" }>[] = [];
  private readonly reported: Extract<HostFrame, { type: "report" }>[] = [];
  private n = 0;
  private socket: WebSocket | null = null;

  constructor(name: string = `host-${crypto.randomUUID()}`, incarnation = crypto.randomUUID()) {
    this.name = name;
    this.incarnation = incarnation;
    FakeHost.all.add(this);
  }

  /** After a test: no later one is to find its accounts on these hosts. */
  static retireAll(): void {
    for (const host of FakeHost.all) host.beat(true);
    FakeHost.all.clear();
  }

  /** Dials in and says hello, with what is running; repeats what was not acknowledged. */
  async connect(isDraining = false): Promise<this> {
    const socket = await this.dial();
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.receive(EdgeFrame.parse(JSON.parse(String(data))));
    });
    this.send({
      type: "hello",
      protocol: PROTOCOL_VERSION,
      host: this.name,
      incarnation: this.incarnation,
      load: this.load(),
      sessions: [...this.sessions].map(([account, epoch]) => ({ account, epoch })),
      draining: isDraining,
      ...(this.region === null ? {} : { region: this.region }),
    });
    const before = this.count("welcome");
    await vi.waitFor(() => {
      if (this.count("welcome") === before) throw new Error("no welcome");
    });
    for (const frame of this.unacked) this.send(frame);
    return this;
  }

  /** An open socket, on which nothing was said yet. */
  async dial(): Promise<WebSocket> {
    const response = await SELF.fetch(`${ORIGIN}/v1/hosts/socket`, {
      headers: { upgrade: "websocket", authorization: `Bearer ${await hostToken(this.name)}` },
    });
    const socket = response.webSocket;
    if (socket === null) throw new Error(`no socket: ${response.status} ${await response.text()}`);
    socket.accept();
    return socket;
  }

  disconnect(): void {
    this.socket?.close(1000, "gone");
    this.socket = null;
  }

  isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  beat(isDraining = false): void {
    this.send({ type: "beat", load: this.load(), draining: isDraining });
  }

  /** Sends anything at all, well formed or not. */
  sendText(text: string): void {
    this.socket?.send(text);
  }

  /** One frame with these reports of one session. */
  report(account: Account, ...reports: Bare<Report>[]): void {
    this.reportAs(account, this.sessions.get(account) ?? 0, ...reports);
  }

  reportAs(account: Account, epoch: number, ...reports: Bare<Report>[]): void {
    this.n += 1;
    const full = reports.map((report): Report => ({ ...report, account, epoch }));
    const frame = { type: "report", n: this.n, reports: full } as const;
    this.unacked.push(frame);
    this.reported.push(frame);
    this.send(frame);
  }

  /** Every report frame so far once more, as after a reconnect of which the edge knows nothing. */
  repeatAll(): void {
    for (const frame of this.reported) this.send(frame);
  }

  session(account: Account, facts: Partial<SessionReport> & Pick<SessionReport, "state">): void {
    this.report(account, {
      kind: "session",
      reason: null,
      self: null,
      upstream_code: null,
      at: Date.now(),
      ...facts,
    });
  }

  outcome(
    account: Account,
    message: LeasedMessage["id"],
    result: "sent" | "failed" | "unconfirmed" | "returned" = "sent",
    code: string | null = null,
    retryable = false,
  ): void {
    this.inHand.delete(message);
    const error = code === null ? null : { code, detail: "It went wrong.", retryable };
    this.report(account, { kind: "outcome", message, result, error, peer: null, at: Date.now() });
  }

  receipt(account: Account, type: "delivered" | "read", phone: string, ...waIds: string[]): void {
    const peer = { phone, lid: null };
    this.report(account, { kind: "receipt", wa_ids: waIds, type, peer, at: Date.now() });
  }

  async keysGet(account: Account, epoch: number, names: string[]) {
    const request = this.frames.length + 1;
    this.send({ type: "keys_get", request, account, epoch, names });
    const frame = await this.next("keys", (keys) => keys.request === request);
    return frame.values;
  }

  /** The first frame of this type that satisfies `is`, now or soon. */
  next<T extends EdgeFrame["type"]>(
    type: T,
    is: (frame: Extract<EdgeFrame, { type: T }>) => boolean = () => true,
  ): Promise<Extract<EdgeFrame, { type: T }>> {
    return vi.waitFor(
      () => {
        for (const frame of this.frames) {
          if (frame.type === type && is(frame as Extract<EdgeFrame, { type: T }>)) {
            return frame as Extract<EdgeFrame, { type: T }>;
          }
        }
        throw new Error(`no ${type} among ${this.frames.map((f) => f.type).join(" ")}`);
      },
      { timeout: 8_000, interval: 5 },
    );
  }

  nextStart(account: Account, afterEpoch = 0): Promise<Start> {
    return this.next("start", (start) => start.account === account && start.epoch > afterEpoch);
  }

  /** The newest epoch this host was ever told to start; 0 before the first. */
  lastEpoch(account: Account): number {
    const starts = this.frames.filter((frame) => frame.type === "start");
    return Math.max(0, ...starts.flatMap((s) => (s.account === account ? [s.epoch] : [])));
  }

  leases(account: Account): Lease[] {
    return this.frames.flatMap((frame) =>
      frame.type === "leases" ? frame.leases.filter((lease) => lease.account === account) : [],
    );
  }

  leased(account: Account): LeasedMessage[] {
    return this.leases(account).flatMap(({ messages }) => messages);
  }

  count(type: EdgeFrame["type"]): number {
    return this.frames.filter((frame) => frame.type === type).length;
  }

  /** Waits until the edge has acknowledged everything that was reported. */
  async settled(): Promise<void> {
    await vi.waitFor(
      () => {
        if (this.acked < this.n) throw new Error(`acked ${this.acked} of ${this.n}`);
      },
      { timeout: 8_000, interval: 5 },
    );
  }

  private receive(frame: EdgeFrame): void {
    this.frames.push(frame);
    if (frame.type === "welcome" || frame.type === "ack") {
      const acked = frame.type === "ack" ? frame.n : frame.acked;
      this.acked = Math.max(this.acked, acked);
      this.unacked = this.unacked.filter(({ n }) => n > this.acked);
    }
    if (frame.type === "start") this.sessions.set(frame.account, frame.epoch);
    if (frame.type === "stop" && this.sessions.get(frame.account) === frame.epoch) {
      this.sessions.delete(frame.account);
    }
    if (frame.type === "leases") {
      for (const { account, messages } of frame.leases) {
        for (const { id } of messages) {
          this.inHand.set(id, account);
          if (this.isSending) this.outcome(account, id);
        }
      }
    }
    if (frame.type === "revoke" && this.isGivingBack) this.giveBack(frame);
  }

  private giveBack({ account, messages }: Extract<EdgeFrame, { type: "revoke" }>): void {
    for (const [id, owner] of this.inHand) {
      const isAsked = owner === account && (messages === null || messages.includes(id));
      if (isAsked && !this.begun.has(id)) this.outcome(account, id, "returned");
    }
  }

  private send(frame: HostFrame): void {
    if (this.isOpen()) this.socket?.send(JSON.stringify(frame));
  }

  private load() {
    const { capacity } = this;
    return {
      sessions: this.sessions.size,
      capacity,
      rss_bytes: this.rssMegabytes * 1_000_000,
      memory_limit_bytes: 1_000_000_000,
      event_loop_delay_ms: this.loopDelayMs,
    };
  }
}
