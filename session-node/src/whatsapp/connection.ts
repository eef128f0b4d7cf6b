import type { MissingStanza, Peer } from "@roost/contract/host";
import {
  type BaileysEventMap,
  type BinaryNode,
  jidNormalizedUser,
  proto,
  type WASocket,
} from "@whiskeysockets/baileys";
import type { Passing } from "../crash-points.ts";
import { peerOf } from "./addresses.ts";
import { endingOf } from "./ending-of.ts";
import { holdReceipts } from "./inbound/hold-receipts.ts";
import { Intake, type Told } from "./inbound/intake.ts";
import { FROM_DEVICES, isFromOwnPhone } from "./inbound/own-phone.ts";
import type { Receipt } from "./inbound/translate-receipt.ts";
import { ask, nextProbe } from "./probe.ts";
import { makeSocket, type SocketOptions } from "./socket.ts";
import { type Standing, StandingWatch } from "./standing-watch.ts";
import type { Ending, OwnWay } from "./ways-to-end.ts";

/** WhatsApp's own rhythm. */
const FIRST_QR_MS = 60_000;
const LATER_QR_MS = 20_000;

/** WhatsApp's code for a message to a stranger that the number's standing does not allow. */
const NEW_CHAT_REFUSED = 463;

/** What Baileys itself says of a connection that is gone: what asked has certainly not sent. */
class ConnectionGoneError extends Error {
  readonly output = { statusCode: 428 };

  constructor() {
    super("The connection is gone.");
    this.name = "ConnectionGoneError";
  }
}

/** What a connection tells its session, in the order in which it happened. */
export type ConnectionEvents = {
  opened: (self: Peer | null) => void;
  ended: (ending: Ending) => void;
  /** A QR to show, and for how long: then the next one comes. */
  qr: (qr: string, validMs: number) => void;
  /** The phone has accepted us: the credentials are real from here on. */
  paired: () => void;
  /** What came while we were away has been delivered. */
  offlineQueueThrough: () => void;
  /** WhatsApp's word on a stanza of ours; the error is its code. */
  acknowledged: (waId: string, error: number | null) => void;
  /** Resolves when it is durable; only then WhatsApp hears that we have it. */
  receipt: (receipt: Receipt) => Promise<void>;
  /** What came in, and what came and could not be read: the same holds for both. */
  told: (told: Told, stanza: MissingStanza) => Promise<void>;
  missed: (stanza: MissingStanza) => Promise<void>;
  standing: (standing: Standing) => void;
  /** Something came from the phone that we are linked to; when it was made. */
  phoneSeen: (at: number) => void;
  untranslated: (error: unknown) => void;
};

export type ConnectOptions = SocketOptions & { passing: Passing };

/** One connection to WhatsApp, from dialling to its end; a session makes a new one for each attempt. */
export class Connection {
  readonly socket: WASocket;
  readonly #options: ConnectOptions;
  readonly #events: ConnectionEvents;
  #hasEnded = false;
  #isAlive = false;
  #isLoggedIn = false;
  #qrsShown = 0;
  #watchdog: NodeJS.Timeout | undefined;
  readonly #intake: Intake;
  readonly #standing: StandingWatch;
  #probedAt: number | null = null;
  /** When WhatsApp last said anything. */
  heardAt = Date.now();

  constructor(options: ConnectOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.socket = makeSocket(options);
    this.#guardFrames();
    this.#intake = new Intake({
      socket: this.socket,
      auth: options.auth,
      hasEnded: () => this.#hasEnded,
      tell: (told, stanza) => events.told(told, stanza),
      miss: (stanza) => events.missed(stanza),
      untranslated: (error) => events.untranslated(error),
      passing: options.passing,
    });
    holdReceipts(this.socket, {
      tell: (receipt) => events.receipt(receipt),
      hasEnded: () => this.#hasEnded,
    });
    this.#standing = new StandingWatch(this.socket, (standing) => events.standing(standing));
    this.#listenToStanzas();
    this.#listenToEvents();
    this.#watchdog = setTimeout(() => {
      if (!this.#isAlive) this.end("deaf");
    }, options.timings.connectDeadlineMs);
  }

  get isOpen(): boolean {
    return this.#isAlive && !this.#hasEnded && this.socket.ws.isOpen;
  }

  /** Ends the connection for a reason of our own; without one, because the session is leaving. */
  end(cause: OwnWay | null): void {
    this.#finish(cause === null ? null : { cause, code: null });
    void this.socket.end(undefined);
    this.#abandonQuestions();
  }

  /** From now on messages are left to the next connection: who is leaving finishes the one in hand. */
  quieten(): void {
    this.#intake.quieten();
  }

  /** Resolves when what was begun is durable, and WhatsApp was told that we have it. */
  async handedOn(): Promise<void> {
    await this.#intake.settled();
  }

  /** Asks our own phone to send these once more; it answers when it is switched on, or not at all. */
  async askAgain(stanzas: readonly MissingStanza[]): Promise<void> {
    await this.socket.sendPeerDataOperationMessage({
      peerDataOperationRequestType:
        proto.Message.PeerDataOperationRequestType.PLACEHOLDER_MESSAGE_RESEND,
      placeholderMessageResendRequest: stanzas.map(({ jid, from_me: fromMe, wa_id: id }) => ({
        messageKey: { remoteJid: jid, fromMe, id },
      })),
    });
  }

  /** Asks for the code that is typed on the phone. A refusal of the number ends the connection. */
  async requestCode(phone: string): Promise<string> {
    this.socket.ws.once("CB:iq,type:error", () => this.end("code_refused"));
    return this.socket.requestPairingCode(phone);
  }

  /** Looks whether WhatsApp is still there, which a quiet connection does not show. */
  probe(now: number): void {
    if (!this.isOpen) return;
    const facts = { now, heardAt: this.heardAt, askedAt: this.#probedAt };
    const next = nextProbe(facts, this.#options.timings);
    if (next === "deaf") this.end("deaf");
    if (next !== "ask") return;
    this.#probedAt = now;
    void ask(this.socket);
  }

  /** Unlinks this device at WhatsApp and ends; false if that could not be said on this connection. */
  async logout(): Promise<boolean> {
    const mayAsk = this.#isLoggedIn && this.isOpen;
    this.#finish(null);
    try {
      if (mayAsk) await this.socket.logout();
      return mayAsk;
    } catch {
      return false;
    } finally {
      this.end(null);
    }
  }

  #finish(ending: Ending | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.quieten();
    clearTimeout(this.#watchdog);
    this.#standing.close();
    if (ending) this.#events.ended(ending);
  }

  /**
   * When Baileys ends a connection, it first forgets those who wait for an answer on it: they would
   * wait for 20 s, and a message with them. This error reaches them.
   */
  #abandonQuestions(): void {
    this.socket.ws.emit("error", new ConnectionGoneError());
  }

  /**
   * A frame that cannot be decrypted rejects inside of Baileys, where nobody waits for it: it would
   * end the process. Here it ends this one connection.
   */
  #guardFrames(): void {
    const { ws } = this.socket;
    for (const listener of ws.listeners("message")) {
      ws.off("message", listener as (...args: unknown[]) => void);
      ws.on("message", (frame: unknown) => {
        this.heardAt = Date.now();
        // The listener is asynchronous, although its type does not say so.
        Promise.resolve(listener.call(ws, frame)).catch(() => this.end("unreadable_frame"));
      });
    }
    // An HTTP error on the upgrade: Baileys re-emits this event, so nothing else ever happens.
    ws.on("unexpected-response", () => this.end("upgrade_refused"));
  }

  #listenToStanzas(): void {
    const { ws } = this.socket;
    ws.on("CB:ack,class:message", ({ attrs }: BinaryNode) => {
      const error = Number(attrs["error"]);
      if (error === NEW_CHAT_REFUSED) this.#standing.refused();
      if (attrs["id"]) this.#events.acknowledged(attrs["id"], error > 0 ? error : null);
    });
    for (const tag of FROM_DEVICES) {
      ws.on(tag, (node: BinaryNode) => {
        if (!isFromOwnPhone(node, this.#options.auth.creds.me)) return;
        const sentAt = Number(node.attrs["t"]) * 1_000;
        this.#events.phoneSeen(sentAt > 0 ? Math.min(sentAt, Date.now()) : Date.now());
      });
    }
    // Baileys' own listeners come first and have ended the connection.
    for (const end of ["CB:stream:error", "CB:failure", "CB:xmlstreamend"]) {
      ws.on(end, () => this.#abandonQuestions());
    }
    ws.on("CB:notification,type:passkey_prologue_request", () => this.end("passkey"));
  }

  #listenToEvents(): void {
    const { ev } = this.socket;
    ev.on("creds.update", () => this.#options.auth.saveCreds());
    ev.on("connection.update", (update) => this.#connectionUpdated(update));
  }

  #connectionUpdated(update: BaileysEventMap["connection.update"]): void {
    if (update.isNewLogin) {
      // Baileys merges the paired credentials in a listener that runs before this one.
      this.#options.auth.persist();
      this.#events.paired();
      this.#events.phoneSeen(Date.now());
    }
    if (update.qr) {
      this.#isAlive = true;
      this.#qrsShown += 1;
      const { qrValidMs } = this.#options.timings;
      this.#events.qr(update.qr, qrValidMs ?? (this.#qrsShown === 1 ? FIRST_QR_MS : LATER_QR_MS));
    }
    if (update.receivedPendingNotifications) this.#events.offlineQueueThrough();
    if (update.connection === "open") {
      this.#isAlive = true;
      this.#isLoggedIn = true;
      clearTimeout(this.#watchdog);
      this.#events.opened(this.#self());
      this.#standing.askIn(this.#options.timings.standingAfterMs * (1 + Math.random()));
    }
    if (update.connection === "close") {
      this.#finish(endingOf(update.lastDisconnect?.error, Date.now()));
      this.#abandonQuestions();
    }
  }

  #self(): Peer | null {
    const { me } = this.#options.auth.creds;
    return peerOf(me?.id && jidNormalizedUser(me.id), me?.lid && jidNormalizedUser(me.lid));
  }
}
