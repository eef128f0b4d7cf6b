import type { MissingStanza, Peer } from "@roost/contract/host";
import {
  type BinaryNode,
  jidNormalizedUser,
  type WAMessage,
  type WASocket,
} from "@whiskeysockets/baileys";
import type { Passing } from "../../crash-points.ts";
import { peerOf } from "../addresses.ts";
import type { AuthState } from "../keys/auth-state.ts";
import { openStanza, readStanza, type Self, type Stanza } from "./stanza.ts";
import { type Amendment, translateAmendment } from "./translate-amendment.ts";
import { type Received, translateMessage } from "./translate-message.ts";

/**
 * So many stanzas may wait for the edge; the rest stays sealed, and WhatsApp has it as well. All of them
 * may come again, so they must be fewer than the edge looks back in a chat.
 */
const MAX_WAITING = 128;
/** Stanzas that were told when they were decrypted; Baileys emits the same ones a moment later. */
const MAX_TOLD = 1_024;

/** What a stanza of a person turned out to say. `empty`: nothing that is kept. */
export type Told = ({ kind: "received" } & Received) | Amendment | { kind: "empty" };

export type IntakeDeps = {
  socket: WASocket;
  auth: Pick<AuthState, "creds" | "hold">;
  /** A connection that has ended cannot acknowledge anything. */
  hasEnded: () => boolean;
  /** Hands on what came in; resolves when it is durable. */
  tell: (told: Told, stanza: MissingStanza) => Promise<void>;
  /** Notes a stanza that cannot be read; resolves when the note is durable. */
  miss: (stanza: MissingStanza) => Promise<void>;
  untranslated: (error: unknown) => void;
  passing: Passing;
};

/** The stanza stays sealed: on this connection it could not be acknowledged. */
class SealedError extends Error {}

/**
 * Takes in message stanzas so that none is lost, whenever the process dies.
 *
 * Baileys decrypts a stanza, tells WhatsApp that we have it, and only then hands it over; WhatsApp
 * never sends it again. So what was decrypted is handed on from inside of the decryption, and Baileys
 * gets it, and goes on to the receipt, only when it is durable at the edge. Until then WhatsApp keeps
 * it. The key that opened it is stored behind it, never before: what comes again can be opened again,
 * or is in the journal.
 */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #stanzas = new WeakMap<Uint8Array, Open>();
  readonly #waiting = new Set<Promise<unknown>>();
  readonly #told = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();
  #isQuiet = false;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
    this.#takeStanzas();
    this.#wrapDecryption();
    this.#wrapEvents();
  }

  /** From now on stanzas are left to the next connection. */
  quieten(): void {
    this.#isQuiet = true;
  }

  /** Resolves when all that was begun is durable, and WhatsApp knows. */
  async settled(): Promise<void> {
    await this.#turn;
    await Promise.allSettled(this.#waiting);
  }

  /**
   * One is decrypted after the other, because Baileys looks after several at once and a later one may
   * overtake the first of a new contact. They wait for the edge together.
   */
  #takeStanzas(): void {
    const { ws, messageMutex } = this.#deps.socket;
    // Our turns keep the order; behind this lock each message would wait for the edge alone.
    messageMutex.mutex = async (code) => code();
    for (const listener of ws.listeners("CB:message")) {
      ws.off("CB:message", listener as (...args: unknown[]) => void);
      ws.on("CB:message", (node: BinaryNode) => {
        const take = (): Promise<void> => this.#take(node, (given) => listener.call(ws, given));
        this.#turn = this.#turn.then(take, take);
      });
    }
  }

  async #take(node: BinaryNode, handle: (node: BinaryNode) => unknown): Promise<void> {
    if (this.#isQuiet) return;
    const stanza = readStanza(node, this.#self);
    if (!stanza) {
      await handle(node);
      return;
    }
    this.#deps.passing("message_arrived");
    if (stanza.ciphertexts.length === 0) await this.#deps.miss(stanza.facts);
    if (this.#deps.hasEnded()) return;
    const { promise: isRead, resolve } = Promise.withResolvers<void>();
    const open = { stanza, isRead: resolve };
    for (const ciphertext of stanza.ciphertexts) this.#stanzas.set(ciphertext, open);
    const handled = Promise.resolve(handle(online(node)));
    this.#waiting.add(handled);
    const done = handled
      .then(() => this.#deps.passing("message_acknowledged"))
      .finally(() => this.#waiting.delete(handled));
    await Promise.race([done, isRead]);
    if (this.#waiting.size >= MAX_WAITING) await Promise.race(this.#waiting);
  }

  #wrapDecryption(): void {
    const { signalRepository } = this.#deps.socket;
    const decrypt = signalRepository.decryptMessage.bind(signalRepository);
    signalRepository.decryptMessage = (message) => {
      // It can be decrypted once, and on a connection that has ended it could not be acknowledged.
      if (this.#deps.hasEnded()) return Promise.reject(new SealedError());
      const open = this.#stanzas.get(message.ciphertext);
      return open ? this.#open(open, () => decrypt(message)) : decrypt(message);
    };
  }

  async #open({ stanza, isRead }: Open, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const { passing, hasEnded } = this.#deps;
    const { durable, result } = await this.#readAndTell(stanza, decrypt);
    isRead();
    await durable;
    // Without a receipt WhatsApp sends it again, to a connection that can say that we have it.
    if (hasEnded()) throw new SealedError();
    if (result.status === "rejected") {
      passing("stanza_missing");
      throw result.reason;
    }
    passing("message_durable");
    return result.value;
  }

  /** Decrypts, and hands on what it is before the used key can be stored. */
  async #readAndTell(
    stanza: Stanza,
    decrypt: () => Promise<Uint8Array>,
  ): Promise<{ durable: Promise<void>; result: PromiseSettledResult<Uint8Array> }> {
    const letGo = this.#deps.auth.hold();
    try {
      const [result] = await Promise.allSettled([decrypt()]);
      if (result.status === "rejected") {
        if (this.#deps.hasEnded()) throw new SealedError();
        return { result, durable: this.#deps.miss(stanza.facts) };
      }
      this.#deps.passing("message_decrypted");
      const told = await this.#translate(stanza, result.value);
      const durable = this.#tell(told, stanza.facts);
      this.#deps.passing("message_reported");
      return { result, durable };
    } finally {
      letGo();
    }
  }

  async #translate(stanza: Stanza, plaintext: Uint8Array): Promise<Told> {
    try {
      const message = openStanza(stanza, plaintext, this.#self);
      return (message && (await this.#toldBy(message))) ?? { kind: "empty" };
    } catch (error) {
      this.#deps.untranslated(error);
      return notUnderstood(stanza.facts);
    }
  }

  #tell(told: Told, stanza: MissingStanza): Promise<void> {
    this.#told.add(stanza.wa_id);
    const [oldest] = this.#told;
    if (this.#told.size > MAX_TOLD && oldest !== undefined) this.#told.delete(oldest);
    return this.#deps.tell(told, stanza);
  }

  /** What Baileys hands over without decrypting it: above all what the phone sends again. */
  #wrapEvents(): void {
    const { ev } = this.#deps.socket;
    // The buffer in front of Baileys' listeners merges messages and holds them: listen before it.
    const emit = ev.emit.bind(ev);
    ev.emit = (event, argument) => {
      if (event === "messages.upsert") {
        const { messages } = argument as { messages: WAMessage[] };
        for (const message of messages) this.#handOver(message);
      }
      return emit(event, argument);
    };
  }

  #handOver(message: WAMessage): void {
    const { id, remoteJid: jid, fromMe } = message.key;
    const peer = peerOf(jid, message.key.remoteJidAlt);
    if (!id || !jid || !peer || this.#told.has(id)) return;
    const stanza = { wa_id: id, jid, peer, from_me: fromMe === true, at: Date.now() };
    const handOver = async (): Promise<void> => {
      try {
        const told = await this.#toldBy(message);
        if (told) await this.#tell(told, stanza);
      } catch (error) {
        this.#deps.untranslated(error);
      }
    };
    const handled = handOver().finally(() => this.#waiting.delete(handled));
    this.#waiting.add(handled);
  }

  async #toldBy(message: WAMessage): Promise<Told | null> {
    const amendment = translateAmendment(message);
    if (amendment) return { ...amendment, peer: await this.#complete(amendment.peer) };
    const received = translateMessage(message);
    if (!received) return null;
    return { kind: "received", ...received, peer: await this.#complete(received.peer) };
  }

  /** A contact may be named by LID alone; the phone number is known if they ever wrote with it. */
  async #complete(peer: Peer): Promise<Peer> {
    if (peer.phone !== null || peer.lid === null) return peer;
    const { lidMapping } = this.#deps.socket.signalRepository;
    const jid = await lidMapping.getPNForLID(`${peer.lid}@lid`);
    return { phone: (jid && peerOf(jidNormalizedUser(jid))?.phone) || null, lid: peer.lid };
  }

  get #self(): Self {
    const { me } = this.#deps.auth.creds;
    return { id: me?.id ?? "", lid: me?.lid ?? "" };
  }
}

type Open = { stanza: Stanza; isRead: () => void };

/** What waited for us comes in order already; in Baileys' own queue each would wait for the edge alone. */
function online(node: BinaryNode): BinaryNode {
  const { offline: _, ...attrs } = node.attrs;
  return { ...node, attrs };
}

function notUnderstood({ wa_id: waId, peer, from_me: fromMe, at }: MissingStanza): Told {
  const facts = { name: null, type: "unsupported", text: null, quotedWaId: null };
  return { kind: "received", waId, peer, fromMe, at, ...facts };
}
