import type { KeyObject } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import { type KeyPair, newKeyPair, sharedSecret } from "../signal/keys.ts";
import type { ServerIdentity } from "./certificates.ts";
import { SymmetricState } from "./symmetric-state.ts";

const XX = "Noise_XX_25519_AESGCM_SHA256\0\0\0\0";
const IK = "Noise_IK_25519_AESGCM_SHA256\0\0\0\0";
const XX_FALLBACK = "Noise_XXfallback_25519_AESGCM_SHA256";

export type Pattern = "XX" | "IK" | "XXfallback";

/** Who is there, and the keys to go on talking. */
export type Opened = {
  readonly pattern: Pattern;
  readonly clientStatic: Buffer;
  readonly payload: proto.ClientPayload;
  readonly receiveKey: KeyObject;
  readonly sendKey: KeyObject;
};

type Awaiting = { pattern: Pattern; state: SymmetricState; ephemeral: KeyPair };

/**
 * The server's side of the handshake. A client without our key runs XX in three messages; one that
 * kept it resumes with IK in two, and falls back to XX when our key is not the one it kept.
 */
export class Handshake {
  private readonly identity: ServerIdentity;
  private readonly prologue: Buffer;
  private awaiting: Awaiting | null = null;

  constructor(identity: ServerIdentity, prologue: Buffer) {
    this.identity = identity;
    this.prologue = prologue;
  }

  /** Takes the next frame. Until `opened` is there, the client owes another one. */
  receive(frame: Buffer): { reply?: Buffer; opened?: Opened } {
    const message = proto.HandshakeMessage.decode(frame);
    if (this.awaiting) return { opened: finish(this.awaiting, message.clientFinish) };

    const hello = message.clientHello;
    if (!hello?.ephemeral) throw new Error("The client's first frame has no ephemeral key.");
    const clientEphemeral = Buffer.from(hello.ephemeral);
    if (!hello.static?.length) return { reply: this.answerXx("XX", clientEphemeral) };

    const resumed = this.tryResume(hello, clientEphemeral);
    return resumed ?? { reply: this.answerXx("XXfallback", clientEphemeral) };
  }

  private answerXx(pattern: "XX" | "XXfallback", clientEphemeral: Buffer): Buffer {
    const { leaf, chain } = this.identity;
    const ephemeral = newKeyPair();
    const state = new SymmetricState(pattern === "XX" ? XX : XX_FALLBACK);
    state.mixHash(this.prologue);
    state.mixHash(clientEphemeral);
    state.mixHash(ephemeral.public);
    state.mixKey(sharedSecret(ephemeral.private, clientEphemeral));
    const encryptedStatic = state.encrypt(leaf.public);
    state.mixKey(sharedSecret(leaf.private, clientEphemeral));
    const payload = state.encrypt(chain);

    this.awaiting = { pattern, state, ephemeral };
    return encode({ ephemeral: ephemeral.public, static: encryptedStatic, payload });
  }

  private tryResume(
    hello: proto.HandshakeMessage.IClientHello,
    clientEphemeral: Buffer,
  ): { reply: Buffer; opened: Opened } | null {
    const { leaf, chain } = this.identity;
    const state = new SymmetricState(IK);
    state.mixHash(this.prologue);
    state.mixHash(leaf.public);
    state.mixHash(clientEphemeral);
    state.mixKey(sharedSecret(leaf.private, clientEphemeral));

    let clientStatic: Buffer;
    let payload: Buffer;
    try {
      clientStatic = state.decrypt(hello.static ?? Buffer.alloc(0));
      state.mixKey(sharedSecret(leaf.private, clientStatic));
      payload = state.decrypt(hello.payload ?? Buffer.alloc(0));
    } catch {
      return null;
    }

    const ephemeral = newKeyPair();
    state.mixHash(ephemeral.public);
    state.mixKey(sharedSecret(ephemeral.private, clientEphemeral));
    state.mixKey(sharedSecret(ephemeral.private, clientStatic));
    const reply = encode({ ephemeral: ephemeral.public, payload: state.encrypt(chain) });
    return { reply, opened: opened("IK", state, clientStatic, payload) };
  }
}

function finish(awaiting: Awaiting, message?: proto.HandshakeMessage.IClientFinish | null): Opened {
  if (!message?.static || !message.payload) throw new Error("The client's second frame is empty.");
  const { pattern, state, ephemeral } = awaiting;
  const clientStatic = state.decrypt(message.static);
  state.mixKey(sharedSecret(ephemeral.private, clientStatic));
  return opened(pattern, state, clientStatic, state.decrypt(message.payload));
}

function opened(
  pattern: Pattern,
  state: SymmetricState,
  clientStatic: Buffer,
  payload: Buffer,
): Opened {
  const keys = state.split();
  return {
    pattern,
    clientStatic,
    payload: proto.ClientPayload.decode(payload),
    receiveKey: keys.fromInitiator,
    sendKey: keys.fromResponder,
  };
}

function encode(serverHello: proto.HandshakeMessage.IServerHello): Buffer {
  return Buffer.from(proto.HandshakeMessage.encode({ serverHello }).finish());
}
