import type { KeyObject } from "node:crypto";
import { once } from "node:events";
import {
  type BinaryNode,
  decodeBinaryNode,
  encodeBinaryNode,
  proto,
} from "@whiskeysockets/baileys";
import { WebSocket } from "ws";
import { frame, FrameReader } from "../noise/frames.ts";
import { seal, SymmetricState, unseal } from "../noise/symmetric-state.ts";
import { type KeyPair, newKeyPair, sharedSecret } from "../signal/keys.ts";

const HEADER = Buffer.from([0x57, 0x41, 6, 3]);

export type Resume = {
  webSocketUrl: string;
  /** The server's static key, as kept from an earlier connection. */
  serverStatic: Buffer;
  noiseKey: KeyPair;
  payload: proto.IClientPayload;
};

/**
 * A client unlike Baileys: it kept the server's key and resumes by Noise IK, going on with XX when
 * the server does not take it.
 */
export class SecondClient implements Disposable {
  readonly nodes: BinaryNode[] = [];
  pattern: "IK" | "XXfallback" = "IK";
  /** What the server proved to hold. */
  chain: Buffer = Buffer.alloc(0);
  private readonly socket: WebSocket;
  private readonly frames: Buffer[] = [];
  private wake: () => void = () => undefined;
  private sendKey: KeyObject | Buffer = Buffer.alloc(0);
  private receiveKey: KeyObject | Buffer = Buffer.alloc(0);
  private sent = 0;
  private received = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    const reader = new FrameReader();
    reader.header = HEADER;
    socket.on("message", (data: Buffer) => {
      this.frames.push(...reader.read(data));
      this.wake();
    });
  }

  static async resume(options: Resume): Promise<SecondClient> {
    const socket = new WebSocket(options.webSocketUrl);
    await once(socket, "open");
    const client = new SecondClient(socket);
    await client.handshake(options);
    return client;
  }

  /** Asks, and answers what comes back under the same id. */
  async ask(question: BinaryNode): Promise<BinaryNode> {
    this.send(question);
    return await this.next((node) => node.attrs["id"] === question.attrs["id"]);
  }

  send(node: BinaryNode): void {
    this.socket.send(frame(seal(encodeBinaryNode(node), this.sendKey, this.sent++)));
  }

  async next(fits: (node: BinaryNode) => boolean): Promise<BinaryNode> {
    for (;;) {
      const node = await this.receive();
      if (fits(node)) return node;
    }
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }

  private async receive(): Promise<BinaryNode> {
    const bytes = await this.nextFrame();
    const node = await decodeBinaryNode(unseal(bytes, this.receiveKey, this.received++));
    this.nodes.push(node);
    return node;
  }

  private async nextFrame(): Promise<Buffer> {
    for (;;) {
      const next = this.frames.shift();
      if (next) return next;
      await new Promise<void>((resolve, reject) => {
        this.wake = resolve;
        setTimeout(() => reject(new Error("The server says nothing.")), 5_000).unref();
      });
    }
  }

  private async handshake({ serverStatic, noiseKey, payload }: Resume): Promise<void> {
    const ephemeral = newKeyPair();
    const encoded = proto.ClientPayload.encode(payload).finish();
    const state = new SymmetricState("Noise_IK_25519_AESGCM_SHA256\0\0\0\0");
    state.mixHash(HEADER);
    state.mixHash(serverStatic);
    state.mixHash(ephemeral.public);
    state.mixKey(sharedSecret(ephemeral.private, serverStatic));
    const encryptedStatic = state.encrypt(noiseKey.public);
    state.mixKey(sharedSecret(noiseKey.private, serverStatic));
    const clientHello = {
      ephemeral: ephemeral.public,
      static: encryptedStatic,
      payload: state.encrypt(encoded),
    };
    this.sendHandshake({ clientHello }, HEADER);

    const { serverHello } = proto.HandshakeMessage.decode(await this.nextFrame());
    const theirs = Buffer.from(serverHello?.ephemeral ?? []);
    if (serverHello?.static?.length) {
      return this.fallBack(serverHello, ephemeral, noiseKey, encoded);
    }
    state.mixHash(theirs);
    state.mixKey(sharedSecret(ephemeral.private, theirs));
    state.mixKey(sharedSecret(noiseKey.private, theirs));
    this.chain = state.decrypt(serverHello?.payload ?? Buffer.alloc(0));
    this.useKeys(state);
  }

  private fallBack(
    serverHello: proto.HandshakeMessage.IServerHello,
    ephemeral: KeyPair,
    noiseKey: KeyPair,
    payload: Uint8Array,
  ): void {
    this.pattern = "XXfallback";
    const theirs = Buffer.from(serverHello.ephemeral ?? []);
    const state = new SymmetricState("Noise_XXfallback_25519_AESGCM_SHA256");
    state.mixHash(HEADER);
    state.mixHash(ephemeral.public);
    state.mixHash(theirs);
    state.mixKey(sharedSecret(ephemeral.private, theirs));
    const serverStatic = state.decrypt(serverHello.static ?? Buffer.alloc(0));
    state.mixKey(sharedSecret(ephemeral.private, serverStatic));
    this.chain = state.decrypt(serverHello.payload ?? Buffer.alloc(0));
    const encryptedStatic = state.encrypt(noiseKey.public);
    state.mixKey(sharedSecret(noiseKey.private, theirs));
    this.sendHandshake({
      clientFinish: { static: encryptedStatic, payload: state.encrypt(payload) },
    });
    this.useKeys(state);
  }

  private useKeys(state: SymmetricState): void {
    const keys = state.split();
    this.sendKey = keys.fromInitiator;
    this.receiveKey = keys.fromResponder;
  }

  private sendHandshake(message: proto.IHandshakeMessage, ahead = Buffer.alloc(0)): void {
    const encoded = proto.HandshakeMessage.encode(message).finish();
    this.socket.send(Buffer.concat([ahead, frame(encoded)]));
  }
}
