import { createServer, type Server } from "node:http";
import { once } from "node:events";
import {
  type EdgeFrame,
  HOST_TOKEN_AUDIENCE,
  HostFrame,
  type LeasedMessage,
  type MissingStanza,
  PROTOCOL_VERSION,
  type Report,
} from "@roost/contract/host";
import { type Id, newId, numberedId } from "@roost/contract/ids";
import { jwtVerify } from "jose";
import { type WebSocket, WebSocketServer } from "ws";
import { eventually } from "./eventually.ts";

type AccountId = Id<"account">;
type Account = {
  epoch: number;
  dataKey: string | null;
  rows: Map<string, string>;
  nextMessage: number;
  /** Stanzas that came and could not be read, by id. */
  missing: Map<string, MissingStanza>;
};
type Expected<R> = { [Name in keyof R]?: R[Name] | undefined };
type OfKind<K extends Report["kind"]> = Extract<Report, { kind: K }>;

/**
 * The edge as a host sees it: speaks the contract, checks every frame against it, keeps keys, and
 * believes nothing that breaks the rules (a gap in the numbers, an older epoch).
 */
export class FakeEdge implements AsyncDisposable {
  readonly secret = "the secret of the fleet, thirty-two or more";
  readonly reports: Report[] = [];
  readonly violations: string[] = [];
  readonly hellos: Extract<HostFrame, { type: "hello" }>[] = [];
  readonly beats: Extract<HostFrame, { type: "beat" }>[] = [];
  /** Frames that arrived again although they had been taken: what a reconnect repeats. */
  repeatedFrames = 0;
  framesTaken = 0;
  keyRequests = 0;
  /** Of the keys that were answered. */
  keyBytes = 0;
  /** Reports are taken and not acknowledged, as if the edge could not store them yet. */
  isHoldingAcks = false;
  /** How long an acknowledgement takes, as if the edge were far away. */
  ackDelayMs = 0;
  /** So many of the next requests for keys, and of the next hellos, get no answer. */
  ignoredKeyRequests = 0;
  ignoredHellos = 0;
  /** What hosts say does not reach us, but what we say reaches them. */
  isDeaf = false;
  /** New connections are refused. */
  isAway = false;
  readonly #accounts = new Map<AccountId, Account>();
  readonly #acked = new Map<string, number>();
  readonly #server: Server;
  #incarnation = "";
  #socket: WebSocket | null = null;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeEdge> {
    const server = createServer();
    const edge = new FakeEdge(server);
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    server.on("upgrade", (request, socket, head) => {
      void edge
        .#isWelcome(request.headers.authorization)
        .then((isWelcome) =>
          isWelcome
            ? sockets.handleUpgrade(request, socket, head, (ws) => edge.#connected(ws))
            : socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n"),
        );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return edge;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return `http://127.0.0.1:${address.port}`;
  }

  get isConnected(): boolean {
    return this.#socket !== null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  // --- what the edge does -----------------------------------------------------------------------

  newAccount(): AccountId {
    const id = newId("account", Date.now(), crypto.getRandomValues(new Uint8Array(16)));
    this.#accounts.set(id, {
      epoch: 0,
      dataKey: null,
      rows: new Map(),
      nextMessage: 1,
      missing: new Map(),
    });
    return id;
  }

  /** Starts a session under the next epoch. */
  start(
    account: AccountId,
    link: { method: "qr" | "code"; phone: string | null } | null = null,
  ): number {
    const state = this.account(account);
    state.epoch += 1;
    if (link) {
      state.rows.clear();
      state.dataKey = null;
    }
    const creds = state.rows.get("creds");
    const credentials = state.dataKey && creds ? { data_key: state.dataKey, creds } : null;
    const missing = [...state.missing.values()];
    const asked = missing.length > 0 ? { missing } : {};
    this.send({ type: "start", account, epoch: state.epoch, link, credentials, ...asked });
    return state.epoch;
  }

  stop(account: AccountId, mode: "close" | "logout", epoch = this.account(account).epoch): void {
    this.send({ type: "stop", account, epoch, mode });
  }

  message(account: AccountId, phone: string, given: Partial<LeasedMessage> = {}): LeasedMessage {
    const id = numberedId("message", account, this.account(account).nextMessage++);
    const random = crypto.getRandomValues(new Uint8Array(9));
    return {
      id,
      wa_id: `3EB0${Buffer.from(random).toString("hex").toUpperCase()}`,
      to: { phone, lid: null },
      type: "text",
      text: `text of ${id}`,
      quoted: null,
      not_before: Date.now(),
      give_up_at: Date.now() + 60_000,
      typing_ms: 0,
      attempt: 1,
      ...given,
    };
  }

  lease(account: AccountId, messages: LeasedMessage[]): void {
    const { epoch } = this.account(account);
    for (let from = 0; from < messages.length; from += 20) {
      const id = newId("lease", Date.now(), crypto.getRandomValues(new Uint8Array(16)));
      const part = messages.slice(from, from + 20);
      this.send({ type: "leases", leases: [{ id, account, epoch, messages: part }] });
    }
  }

  send(frame: EdgeFrame): void {
    if (!this.#socket) throw new Error("no host is connected");
    this.#socket.send(JSON.stringify(frame));
  }

  /** The connection breaks without a goodbye. */
  disconnect(): void {
    this.#socket?.terminate();
    this.#socket = null;
  }

  /** Acknowledges all that was taken meanwhile. */
  releaseAcks(): void {
    this.isHoldingAcks = false;
    const n = this.#acked.get(this.#incarnation);
    if (n) this.send({ type: "ack", n });
  }

  // --- what tests ask ----------------------------------------------------------------------------

  account(id: AccountId): Account {
    const account = this.#accounts.get(id);
    if (!account) throw new Error(`unknown account ${id}`);
    return account;
  }

  of<K extends Report["kind"]>(kind: K, account: AccountId): OfKind<K>[] {
    return this.reports.filter(
      (report): report is OfKind<K> => report.kind === kind && report.account === account,
    );
  }

  /** Waits for a report that is true to the expectation; the last one if there are several. */
  async expect<K extends Report["kind"]>(
    kind: K,
    account: AccountId,
    expected: Expected<OfKind<K>>,
    timeout = 10_000,
  ): Promise<OfKind<K>> {
    return eventually(() => {
      const found = this.of(kind, account).findLast((report) => isLike(report, expected));
      if (found) return found;
      const seen = JSON.stringify(this.of(kind, account).slice(-5));
      throw new Error(`no ${kind} like ${JSON.stringify(expected)}; the last were ${seen}`);
    }, timeout);
  }

  /** Throws if a host has broken the protocol. */
  assertRulesKept(): void {
    if (this.violations.length > 0) throw new Error(this.violations.join("\n"));
  }

  async hostConnected(): Promise<void> {
    await eventually(() => {
      if (!this.isConnected) throw new Error("no host is connected");
    });
  }

  // --- the protocol ------------------------------------------------------------------------------

  async #isWelcome(authorization: string | undefined): Promise<boolean> {
    if (this.isAway || !authorization?.startsWith("Bearer ")) return false;
    try {
      await jwtVerify(authorization.slice(7), new TextEncoder().encode(this.secret), {
        audience: HOST_TOKEN_AUDIENCE,
        maxTokenAge: 60,
      });
      return true;
    } catch {
      return false;
    }
  }

  #connected(socket: WebSocket): void {
    socket.on("message", (bytes: Buffer) => {
      if (this.isDeaf) return;
      const text = bytes.toString("utf8");
      if (text === "ping") {
        socket.send("pong");
        return;
      }
      const frame = HostFrame.safeParse(JSON.parse(text));
      if (frame.success) this.#receive(frame.data, socket);
      else this.violations.push(`${frame.error.message} in ${text.slice(0, 200)}`);
    });
    socket.on("close", () => {
      if (this.#socket === socket) this.#socket = null;
    });
  }

  #receive(frame: HostFrame, socket: WebSocket): void {
    switch (frame.type) {
      case "hello": {
        this.hellos.push(frame);
        if (this.ignoredHellos > 0) {
          this.ignoredHellos -= 1;
          return;
        }
        this.#incarnation = frame.incarnation;
        const acked = this.#acked.get(frame.incarnation) ?? 0;
        this.#socket = socket;
        this.send({ type: "welcome", protocol: PROTOCOL_VERSION, acked });
        return;
      }
      case "beat":
        this.beats.push(frame);
        return;
      case "report":
        this.#take(frame.n, frame.reports);
        return;
      case "keys_get": {
        this.keyRequests += 1;
        if (this.ignoredKeyRequests > 0) {
          this.ignoredKeyRequests -= 1;
          return;
        }
        const { epoch, rows } = this.account(frame.account);
        const values = frame.names.map((name) => rows.get(name) ?? null);
        for (const value of values) this.keyBytes += value?.length ?? 0;
        this.send({
          type: "keys",
          request: frame.request,
          values: frame.epoch === epoch ? values : null,
        });
      }
    }
  }

  #take(n: number, reports: Report[]): void {
    const last = this.#acked.get(this.#incarnation) ?? 0;
    if (n <= last) {
      this.repeatedFrames += 1;
    } else {
      if (n !== last + 1) this.violations.push(`frame ${n} came after ${last}`);
      this.framesTaken += 1;
      for (const report of reports) this.#store(report);
      this.#acked.set(this.#incarnation, n);
    }
    if (this.isHoldingAcks) return;
    if (this.ackDelayMs === 0) this.send({ type: "ack", n });
    else setTimeout(() => this.#socket && this.send({ type: "ack", n }), this.ackDelayMs);
  }

  #keepMissing(report: Report): void {
    const { missing } = this.account(report.account);
    if (report.kind === "received") missing.delete(report.wa_id);
    if (report.kind !== "stanza") return;
    const { wa_id, jid, peer, from_me, at, state } = report;
    const isHere = this.of("received", report.account).some((seen) => seen.wa_id === wa_id);
    if (state === "empty") missing.delete(wa_id);
    if (state === "missing" && !isHere) missing.set(wa_id, { wa_id, jid, peer, from_me, at });
  }

  #store(report: Report): void {
    this.reports.push(report);
    this.#keepMissing(report);
    if (report.kind !== "keys") return;
    const account = this.account(report.account);
    if (report.epoch !== account.epoch) return;
    if (report.data_key) account.dataKey = report.data_key;
    for (const [name, value] of report.writes) {
      if (value === null) account.rows.delete(name);
      else account.rows.set(name, value);
    }
  }
}

function isLike(report: Report, expected: object): boolean {
  const fields = new Map(Object.entries(report));
  return Object.entries(expected).every(
    ([name, value]) => JSON.stringify(fields.get(name)) === JSON.stringify(value),
  );
}
