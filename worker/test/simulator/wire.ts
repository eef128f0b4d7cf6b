import type { Runtime } from "./runtime.ts";
import type { Slot } from "./slot.ts";
import { turns } from "./virtual-time.ts";

const OPEN = 1;
const CLOSED = 3;
const NOTICED_WITHIN_MS = 60_000;

/** The edge's end of a socket, as its object sees it. */
export class ServerSocket {
  readyState = OPEN;
  /** When the runtime answered a ping for the object. */
  pingedAt: Date | null = null;
  wire: Wire | null = null;
  private attachment = "null";

  send(text: string): void {
    if (this.readyState !== OPEN) throw new Error("the socket is closed");
    this.wire?.toHost(text);
  }

  close(): void {
    if (this.readyState !== OPEN) return;
    this.readyState = CLOSED;
    this.wire?.closedByEdge();
  }

  serializeAttachment(value: unknown): void {
    this.attachment = JSON.stringify(value);
  }

  deserializeAttachment(): unknown {
    return JSON.parse(this.attachment);
  }
}

/** What a host does with its end. */
export type Listener = { message: (text: string) => void; closed: () => void };

/**
 * A host's socket to the edge: in order, and whole until it breaks. It can be cut, which either side
 * may notice late, and it can stall: then nothing comes through, and nobody notices by itself.
 */
export class Wire {
  private readonly runtime: Runtime;
  private readonly slot: Slot;
  private readonly server: ServerSocket;
  private readonly listener: Listener;
  private state: "open" | "stalled" | "cut" = "open";
  private held: (() => void | Promise<void>)[] = [];
  private upAt = 0;
  private downAt = 0;

  constructor(runtime: Runtime, slot: Slot, server: ServerSocket, listener: Listener) {
    this.runtime = runtime;
    this.slot = slot;
    this.server = server;
    this.listener = listener;
    server.wire = this;
  }

  /** Whether what is sent now would come through. */
  isOpen(): boolean {
    return this.state === "open" && this.server.readyState === OPEN;
  }

  /** True when it was answered. */
  ping(): boolean {
    if (!this.isOpen()) return false;
    this.server.pingedAt = new Date(Date.now());
    return true;
  }

  toEdge(text: string): void {
    this.upAt = this.carry(this.upAt, async () => {
      if (this.server.readyState !== OPEN) return;
      this.runtime.note("frame up", text);
      const handled = this.slot.call("webSocketMessage", [this.server, text]);
      handled.catch((error: unknown) => this.runtime.problem(`socket: ${String(error)}`));
      await turns();
    });
  }

  toHost(text: string): void {
    this.downAt = this.carry(this.downAt, () => {
      this.runtime.note("frame down", text);
      this.listener.message(text);
    });
  }

  /** Both ends learn of it, each in its own time. */
  cut(): void {
    if (this.state === "cut") return;
    this.state = "cut";
    this.held = [];
    const { time, random } = this.runtime;
    time.after(random.between(0, 2_000), () => this.listener.closed());
    const notice = random.chance(0.8) ? 2_000 : NOTICED_WITHIN_MS;
    time.after(random.between(0, notice), () => this.closeServer());
  }

  /** The edge's process is gone, and with it the socket. */
  lost(): void {
    this.state = "cut";
    this.held = [];
    this.server.readyState = CLOSED;
    this.slot.sockets = this.slot.sockets.filter((socket) => socket !== this.server);
    this.runtime.time.after(this.runtime.random.between(0, 500), () => this.listener.closed());
  }

  stall(forMs: number): void {
    if (this.state !== "open") return;
    this.state = "stalled";
    this.runtime.time.after(forMs, () => {
      if (this.state !== "stalled") return;
      this.state = "open";
      const { held } = this;
      this.held = [];
      for (const work of held) this.runtime.time.after(0, work);
    });
  }

  closedByEdge(): void {
    this.downAt = this.carry(this.downAt, () => {
      this.state = "cut";
      this.slot.sockets = this.slot.sockets.filter((socket) => socket !== this.server);
      this.listener.closed();
    });
  }

  private async closeServer(): Promise<void> {
    if (!this.slot.sockets.includes(this.server)) return;
    const wasOpen = this.server.readyState === OPEN;
    this.server.readyState = CLOSED;
    this.slot.sockets = this.slot.sockets.filter((socket) => socket !== this.server);
    if (!wasOpen) return;
    const closed = this.slot.call("webSocketClose", [this.server, 1006]);
    closed.catch((error: unknown) => this.runtime.problem(`socket close: ${String(error)}`));
    await turns();
  }

  /** Answers when it will have arrived: nothing overtakes. */
  private carry(notBefore: number, work: () => void | Promise<void>): number {
    const { time } = this.runtime;
    const at = Math.max(notBefore, time.now + this.runtime.delay());
    time.after(at - time.now, () => {
      if (this.state === "cut") return undefined;
      if (this.state === "stalled") return void this.held.push(work);
      return work();
    });
    return at;
  }
}
