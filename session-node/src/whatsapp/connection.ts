import "./quiet.ts";
import "./key-objects.ts";
import type { Peer } from "@roost/contract/host";
import {
  type BaileysEventMap,
  Browsers,
  type BinaryNode,
  jidNormalizedUser,
  makeWASocket,
  proto,
  type WAMessage,
  type WASocket,
} from "@whiskeysockets/baileys";
import type { Timings } from "../timings.ts";
import { isPersonJid, peerOf } from "./addresses.ts";
import type { AuthState } from "./auth-state.ts";
import type { DeviceCaches } from "./device-caches.ts";
import { silentLogger } from "./silent-logger.ts";
import { translateMessage, type Received } from "./translate-message.ts";
import { translateReceipt, type Receipt } from "./translate-receipt.ts";
import type { Ending, OwnWay } from "./ways-to-end.ts";

/** WhatsApp's own rhythm. */
const FIRST_QR_MS = 60_000;
const LATER_QR_MS = 20_000;

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
  receipt: (receipt: Receipt) => void;
  received: (received: Received) => void;
  restricted: (isRestricted: boolean) => void;
  untranslated: (error: unknown) => void;
};

export type ConnectOptions = {
  auth: AuthState;
  caches: DeviceCaches;
  /** Null means WhatsApp itself. */
  url: URL | null;
  method: "login" | "qr" | "code";
  timings: Timings;
  /** A text of ours by its WhatsApp id, for phones that ask to have it again. */
  sentText: (waId: string) => string | undefined;
};

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
  #handled: Promise<unknown> = Promise.resolve();
  #inbound: Promise<void> = Promise.resolve();
  #isQuiet = false;
  /** When WhatsApp last said anything. */
  heardAt = Date.now();

  constructor(options: ConnectOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.socket = makeSocket(options);
    this.#guardFrames();
    this.#keepOrder();
    this.#guardDecryption();
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
    this.#isQuiet = true;
  }

  /** Resolves when what WhatsApp was told we have is handed on. */
  async handedOn(): Promise<void> {
    await this.#handled;
    await this.#inbound;
  }

  /** Asks for the code that is typed on the phone. */
  async requestCode(phone: string): Promise<string> {
    return this.socket.requestPairingCode(phone);
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

  /**
   * Baileys looks after several messages at once, and a later one may overtake the first of a new
   * contact. Here one begins when the one before is done.
   */
  #keepOrder(): void {
    const { ws } = this.socket;
    for (const listener of ws.listeners("CB:message")) {
      ws.off("CB:message", listener as (...args: unknown[]) => void);
      ws.on("CB:message", (node: BinaryNode) => {
        const handle = (): unknown => (this.#isQuiet ? undefined : listener.call(ws, node));
        this.#handled = this.#handled.then(handle, handle);
      });
    }
  }

  /**
   * A message can be decrypted once. On a connection that has ended it could not be acknowledged, and
   * WhatsApp's next try would find its key used up: so it stays sealed until then.
   */
  #guardDecryption(): void {
    const { signalRepository } = this.socket;
    const decrypt = signalRepository.decryptMessage.bind(signalRepository);
    signalRepository.decryptMessage = (message) =>
      this.#hasEnded ? Promise.reject(new ConnectionGoneError()) : decrypt(message);
  }

  #listenToStanzas(): void {
    const { ws } = this.socket;
    ws.on("CB:ack,class:message", ({ attrs }: BinaryNode) => {
      const error = Number(attrs["error"]);
      if (attrs["id"]) this.#events.acknowledged(attrs["id"], error > 0 ? error : null);
    });
    // From the raw stanza, because Baileys may hold its own events back for half a minute.
    ws.on("CB:receipt", (node: BinaryNode) => {
      const receipt = translateReceipt(node);
      if (receipt) this.#events.receipt(receipt);
    });
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
    // The buffer in front of Baileys' listeners merges messages and holds them: listen before it.
    const emit = ev.emit.bind(ev);
    ev.emit = (event, argument) => {
      if (event === "messages.upsert") {
        const { messages } = argument as BaileysEventMap["messages.upsert"];
        for (const message of messages) this.#received(message);
      }
      return emit(event, argument);
    };
  }

  #connectionUpdated(update: BaileysEventMap["connection.update"]): void {
    if (update.isNewLogin) {
      // Baileys merges the paired credentials in a listener that runs before this one.
      this.#options.auth.persist();
      this.#events.paired();
    }
    if (update.qr) {
      this.#isAlive = true;
      this.#qrsShown += 1;
      const { qrValidMs } = this.#options.timings;
      this.#events.qr(update.qr, qrValidMs ?? (this.#qrsShown === 1 ? FIRST_QR_MS : LATER_QR_MS));
    }
    if (update.receivedPendingNotifications) this.#events.offlineQueueThrough();
    if (update.reachoutTimeLock) this.#events.restricted(update.reachoutTimeLock.isActive === true);
    if (update.connection === "open") {
      this.#isAlive = true;
      this.#isLoggedIn = true;
      clearTimeout(this.#watchdog);
      this.#events.opened(this.#self());
    }
    if (update.connection === "close") {
      this.#finish(endingOf(update.lastDisconnect?.error));
      this.#abandonQuestions();
    }
  }

  #self(): Peer | null {
    const { me } = this.#options.auth.creds;
    return peerOf(me?.id && jidNormalizedUser(me.id), me?.lid && jidNormalizedUser(me.lid));
  }

  /** One after the other, because finding a phone number may need a look at the keys. */
  #received(message: WAMessage): void {
    this.#inbound = this.#translate(message, this.#inbound);
  }

  async #translate(message: WAMessage, earlier: Promise<void>): Promise<void> {
    await earlier;
    try {
      const received = translateMessage(message);
      if (!received) return;
      const peer = received.fromMe ? received.peer : await this.#complete(received.peer);
      this.#events.received({ ...received, peer });
    } catch (error) {
      this.#events.untranslated(error);
    }
  }

  /** A contact may be named by LID alone; the phone number is known if they ever wrote with it. */
  async #complete(peer: Peer): Promise<Peer> {
    if (peer.phone !== null || peer.lid === null) return peer;
    const jid = await this.socket.signalRepository.lidMapping.getPNForLID(`${peer.lid}@lid`);
    return { phone: (jid && peerOf(jidNormalizedUser(jid))?.phone) || null, lid: peer.lid };
  }
}

function makeSocket({ auth, caches, url, method, timings, sentText }: ConnectOptions): WASocket {
  const qrTimeout = method === "code" ? timings.codeValidMs : timings.qrValidMs;
  return makeWASocket({
    auth: { creds: auth.creds, keys: auth.keys },
    logger: silentLogger,
    browser: Browsers.macOS("Chrome"),
    ...(url ? { waWebSocketUrl: url } : {}),
    ...(qrTimeout === null ? {} : { qrTimeout }),
    userDevicesCache: caches.devices,
    msgRetryCounterCache: caches.retries,
    callOfferCache: caches.calls,
    placeholderResendCache: caches.placeholders,
    connectTimeoutMs: timings.connectDeadlineMs,
    defaultQueryTimeoutMs: 20_000,
    // The phone keeps its notifications, and what we send is not told to ourselves.
    markOnlineOnConnect: false,
    emitOwnEvents: false,
    syncFullHistory: false,
    // The first part carries who is who (LID and phone number); the rest is history we do not keep.
    shouldSyncHistoryMessage: ({ syncType }) =>
      syncType === proto.Message.HistorySyncType.INITIAL_BOOTSTRAP,
    shouldIgnoreJid: (jid) => !isPersonJid(jid),
    // Our store does not fail; if it ever does, ten tries of 3 s would hold the account's sends.
    transactionOpts: { maxCommitRetries: 2, delayBetweenTriesMs: 200 },
    getMessage: ({ id }) => {
      const text = id ? sentText(id) : undefined;
      return Promise.resolve(text === undefined ? undefined : { extendedTextMessage: { text } });
    },
  });
}

/** Baileys' errors in our words: a code, and the one ending that has a meaning beyond its code. */
function endingOf(error: unknown): Ending {
  if (error instanceof Error && error.message === "QR refs attempts ended") {
    return { cause: "qr_ran_out", code: 408 };
  }
  const status = (error as { output?: { statusCode?: unknown } } | undefined)?.output?.statusCode;
  return { cause: "upstream", code: typeof status === "number" ? status : null };
}
