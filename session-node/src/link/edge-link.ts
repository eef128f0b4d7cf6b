import {
  BEAT_EVERY_MS,
  EdgeFrame,
  type HostFrame,
  type Load,
  PROTOCOL_VERSION,
  type Report,
} from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { WebSocket } from "ws";
import { type Log, messageOf } from "../log.ts";
import { growingPause, type Timings } from "../timings.ts";
import { Belief } from "./belief.ts";
import { KeyRequests } from "./key-requests.ts";
import { ReportBuffer } from "./report-buffer.ts";

/** Above this, no new work is begun until the edge has caught up. Reports themselves are never dropped. */
const CONGESTED_BYTES = 16 * 1024 * 1024;
/** While earlier frames are unacknowledged, reports gather this long into one frame. */
const GATHER_MS = 4;
/** How long a dial may take; a network that swallows everything says nothing at all. */
const HANDSHAKE_MS = 4_000;
/** How long the edge may take to answer our goodbye. */
const GOODBYE_MS = 1_000;

export type Of = { account: Id<"account">; epoch: number };
export type KeysRequest = Of & { names: string[] };

/** Frames that are commands; the rest is the link's own business. */
export type Command = Exclude<EdgeFrame, { type: "welcome" | "ack" | "keys" }>;

export type EdgeLinkDeps = {
  url: URL;
  host: string;
  /** Null: the deployment's default. */
  region: string | null;
  incarnation: string;
  token: () => Promise<string>;
  load: () => Load;
  sessions: () => Of[];
  isDraining: () => boolean;
  onCommand: (command: Command) => void;
  /** Work that was held back may go on: the edge is there again, or has caught up. */
  onReady: () => void;
  /** The edge has not heard us for so long that our accounts run elsewhere. */
  onForgotten: () => void;
  log: Log;
  timings: Timings;
};

/**
 * The host's one connection to the edge. Reports go out in order and at least once, over any number of
 * reconnects; commands come in. While the edge is away the sessions live on, but nothing new is begun
 * once it may believe that we are gone.
 */
export class EdgeLink {
  readonly #deps: EdgeLinkDeps;
  readonly #buffer = new ReportBuffer();
  readonly #keyRequests: KeyRequests;
  #socket: WebSocket | null = null;
  #isWelcome = false;
  #isClosing = false;
  #isGathering = false;
  #wasCongested = false;
  #failures = 0;
  readonly #belief: Belief;
  #retryTimer: NodeJS.Timeout | undefined;
  #welcomeTimer: NodeJS.Timeout | undefined;
  #beatTimer: NodeJS.Timeout | undefined;
  #pingTimer: NodeJS.Timeout | undefined;
  #onDrained: (() => void) | null = null;

  constructor(deps: EdgeLinkDeps) {
    this.#deps = deps;
    const { keysAgainMs } = deps.timings;
    this.#keyRequests = new KeyRequests((frame) => this.#send(frame), keysAgainMs);
    this.#belief = new Belief({
      onAgain: deps.onReady,
      onForgotten: (silentMs) => {
        deps.log({ event: "edge.forgotten_by", silent_ms: Math.round(silentMs) });
        deps.onForgotten();
      },
      timings: deps.timings,
    });
    void this.#dial();
  }

  /** Sends a report, now or after the next reconnect. */
  report(report: Report, onDurable?: () => void): void {
    this.#buffer.add(report, onDurable);
    this.#gather();
  }

  /** Asks for stored keys; null when this epoch is not the account's own any more. */
  keys(request: KeysRequest): Promise<(string | null)[] | null> {
    return this.#keyRequests.ask(request);
  }

  /** Whether new messages may be begun: the edge believes us, and is not behind. */
  get mayWork(): boolean {
    if (this.#buffer.bytes > CONGESTED_BYTES) {
      this.#wasCongested = true;
      return false;
    }
    return this.#belief.holds;
  }

  /** Whether the edge has heard us so lately that nobody else can have our accounts. */
  get isBelieved(): boolean {
    return this.#belief.holds;
  }

  get unacknowledged(): number {
    return this.#buffer.waiting;
  }

  /** Sends a beat at once, for example because draining has begun. */
  beat(): void {
    this.#send({ type: "beat", load: this.#deps.load(), draining: this.#deps.isDraining() });
  }

  /** Waits until every report is durable or the time is up, then hangs up. */
  async close(): Promise<void> {
    if (this.#buffer.waiting > 0) {
      this.#flush();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onDrained = resolve;
      const timer = setTimeout(resolve, this.#deps.timings.drainMs);
      await promise;
      clearTimeout(timer);
    }
    this.#isClosing = true;
    clearTimeout(this.#retryTimer);
    this.#belief.close();
    this.#stopTimers();
    this.#keyRequests.close();
    await this.#hangUp();
  }

  async #hangUp(): Promise<void> {
    const socket = this.#socket;
    if (!socket) return;
    // Not `once`, which an error ends: a dial that is broken off has one.
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    socket.once("close", () => resolve());
    const timer = setTimeout(() => socket.terminate(), GOODBYE_MS);
    socket.close(1000);
    await closed;
    clearTimeout(timer);
  }

  async #dial(): Promise<void> {
    let token: string;
    try {
      token = await this.#deps.token();
    } catch (error) {
      this.#retry(messageOf(error));
      return;
    }
    if (this.#isClosing) return;
    const socket = new WebSocket(this.#deps.url, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: HANDSHAKE_MS,
      perMessageDeflate: false,
      maxPayload: 64 * 1024 * 1024,
    });
    this.#socket = socket;
    let cause = "";
    socket.on("open", () => {
      this.#belief.newSocket();
      this.#belief.asked();
      this.#send(this.#hello(), true);
      // Without a welcome nothing is sent and nothing is pinged: it would stay like this for ever.
      this.#welcomeTimer = setTimeout(() => socket.terminate(), this.#deps.timings.welcomeMs);
    });
    socket.on("message", (text: Buffer) => this.#receive(text.toString("utf8")));
    socket.on("error", (error) => {
      cause = error.message;
    });
    socket.on("close", (code) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#isWelcome = false;
      this.#stopTimers();
      if (!this.#isClosing) this.#retry(cause || `closed with ${code}`);
    });
  }

  #retry(cause: string): void {
    this.#failures += 1;
    const pause = growingPause(this.#failures, this.#deps.timings.edgePause, Math.random());
    this.#deps.log({ event: "edge.lost", cause, retry_in_ms: pause });
    this.#retryTimer = setTimeout(() => void this.#dial(), pause);
  }

  #hello(): HostFrame {
    const { region } = this.#deps;
    return {
      type: "hello",
      protocol: PROTOCOL_VERSION,
      host: this.#deps.host,
      incarnation: this.#deps.incarnation,
      load: this.#deps.load(),
      sessions: this.#deps.sessions(),
      draining: this.#deps.isDraining(),
      ...(region === null ? {} : { region }),
    };
  }

  #receive(text: string): void {
    if (text === "pong") {
      this.#belief.answered();
      return;
    }
    const parsed = EdgeFrame.safeParse(parseJson(text));
    if (!parsed.success) {
      // A newer edge may say more than we know; what it says twice it can derive again.
      const problem = parsed.error.issues[0]?.path.join(".") ?? "not JSON";
      this.#deps.log({ event: "edge.unreadable_frame", problem });
      return;
    }
    const frame = parsed.data;
    switch (frame.type) {
      case "welcome":
        this.#welcome(frame.acked);
        return;
      case "ack":
        this.#acknowledged(frame.n);
        return;
      case "keys":
        this.#keyRequests.answer(frame.request, frame.values);
        return;
      default:
        this.#deps.onCommand(frame);
    }
  }

  #welcome(acked: number): void {
    this.#failures = 0;
    this.#isWelcome = true;
    this.#stopTimers();
    this.#belief.welcomed();
    const frames = this.#buffer.resume(acked);
    for (const frame of frames) this.#socket?.send(frame.text);
    this.#keyRequests.repeat();
    this.#deps.log({ event: "edge.connected", acked, repeated: frames.length });
    this.#beatTimer = setInterval(() => this.beat(), BEAT_EVERY_MS);
    this.#pingTimer = setInterval(() => this.#ping(), this.#deps.timings.pingEveryMs);
    this.#deps.onReady();
    this.#checkDrained();
  }

  #acknowledged(n: number): void {
    this.#buffer.acknowledge(n);
    if (this.#buffer.hasOpen) this.#flush();
    if (this.#wasCongested && this.#buffer.bytes < CONGESTED_BYTES / 2) {
      this.#wasCongested = false;
      this.#deps.onReady();
    }
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#buffer.waiting === 0) this.#onDrained?.();
  }

  /** Alone, a report leaves at the end of this tick; behind others it waits for company. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    const flush = () => this.#flush();
    if (this.#buffer.hasSealed) setTimeout(flush, GATHER_MS);
    else setImmediate(flush);
  }

  #flush(): void {
    this.#isGathering = false;
    // Before the welcome nothing is sealed: `resume` will do it, in order.
    if (!this.#isWelcome) return;
    for (const frame of this.#buffer.seal()) this.#socket?.send(frame.text);
  }

  /** A socket can look open long after the other side is gone; the edge answers "ping" by itself. */
  #ping(): void {
    if (this.#belief.silentMs() > this.#deps.timings.edgeSilentMs) {
      this.#socket?.terminate();
      return;
    }
    this.#belief.asked();
    this.#socket?.send("ping");
  }

  #send(frame: HostFrame, isHello = false): void {
    if (this.#isWelcome || isHello) this.#socket?.send(JSON.stringify(frame));
  }

  #stopTimers(): void {
    clearTimeout(this.#welcomeTimer);
    clearInterval(this.#beatTimer);
    clearInterval(this.#pingTimer);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
