import { randomBytes } from "node:crypto";
import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from "@whiskeysockets/baileys";
import type { WebSocket } from "ws";
import type { ServerIdentity } from "../noise/certificates.ts";
import { frame, FrameReader } from "../noise/frames.ts";
import { Handshake, type Opened, type Pattern } from "../noise/handshake.ts";
import { seal, unseal } from "../noise/symmetric-state.ts";
import type { Companion, Registration } from "./companion.ts";

/** Long enough for a last stanza to arrive before the close does. */
const LAST_WORDS_MS = 30;

export type ConnectionOwner = {
  readonly identity: ServerIdentity;
  onOpened: (connection: Connection, opened: Opened) => void;
  onNode: (connection: Connection, node: BinaryNode) => void | Promise<void>;
  onFailure: (connection: Connection, error: unknown) => void;
};

/** One WebSocket of a client: handshake, then encrypted stanzas, handled one after the other. */
export class Connection {
  /** The companion that logged in here. */
  companion: Companion | null = null;
  /** What a client that wants to be linked told about itself. */
  registration: Registration | null = null;
  /** True once the client waits for its keys and history, until it got them. */
  wantsBootstrap = false;
  /** True when the client logged in to receive at once, without saying so again. */
  isActive = false;
  pattern: Pattern | null = null;
  /** A silent connection swallows everything in both directions. */
  isSilent = false;
  readonly reader = new FrameReader();

  private readonly socket: WebSocket;
  private readonly owner: ConnectionOwner;
  private handshake: Handshake | null = null;
  private keys: Pick<Opened, "receiveKey" | "sendKey"> | null = null;
  private received = 0;
  private sent = 0;
  private readonly queue: Buffer[] = [];
  private isHandling = false;

  constructor(socket: WebSocket, owner: ConnectionOwner) {
    this.socket = socket;
    this.owner = owner;
    socket.on("message", (data) => this.receive(asBuffer(data)));
    // The close that follows says the same.
    socket.on("error", () => undefined);
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  send(node: BinaryNode): void {
    this.sendEncoded(encodeBinaryNode(node));
  }

  /** Sends a stanza that was encoded before. */
  sendEncoded(stanza: Buffer): void {
    if (!this.keys || !this.isOpen || this.isSilent) return;
    this.socket.send(frame(seal(stanza, this.keys.sendKey, this.sent++)));
  }

  /** Sends a frame that no key opens. */
  sendGarbage(): void {
    if (this.isOpen) this.socket.send(frame(randomBytes(48)));
  }

  /** Sends a last stanza and closes. */
  closeWith(node: BinaryNode): void {
    this.send(node);
    setTimeout(() => this.socket.close(), LAST_WORDS_MS);
  }

  /** Cuts the TCP connection without a word. */
  cut(): void {
    this.socket.terminate();
  }

  private receive(bytes: Buffer): void {
    if (this.isSilent) return;
    try {
      for (const received of this.reader.read(bytes)) this.receiveFrame(received);
    } catch (error) {
      this.owner.onFailure(this, error);
      this.cut();
    }
  }

  private receiveFrame(received: Buffer): void {
    if (this.keys) {
      this.queue.push(unseal(received, this.keys.receiveKey, this.received++));
      if (!this.isHandling) void this.handleQueue();
      return;
    }
    if (!this.reader.header) return;
    this.handshake ??= new Handshake(this.owner.identity, this.reader.header);
    const { reply, opened } = this.handshake.receive(received);
    if (reply) this.socket.send(frame(reply));
    if (!opened) return;
    this.keys = opened;
    this.pattern = opened.pattern;
    this.owner.onOpened(this, opened);
  }

  private async handleQueue(): Promise<void> {
    this.isHandling = true;
    for (let stanza = this.queue.shift(); stanza; stanza = this.queue.shift()) {
      try {
        await this.owner.onNode(this, await decodeBinaryNode(stanza));
      } catch (error) {
        this.owner.onFailure(this, error);
      }
    }
    this.isHandling = false;
  }
}

function asBuffer(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
