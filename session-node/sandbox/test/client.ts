import "../quiet.ts";
import {
  addTransactionCapability,
  type AuthenticationCreds,
  BufferJSON,
  type ConnectionState,
  initAuthCreds,
  makeWASocket,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type UserFacingSocketConfig,
  WA_CERT_DETAILS,
  type WAMessage,
  type WASocket,
} from "@whiskeysockets/baileys";
import pino from "pino";
import type { Sandbox } from "../sandbox.ts";

/** A client's memory: what outlives its connections. */
export type Auth = { creds: AuthenticationCreds; keys: SignalKeyStore };

export type Extra = Partial<UserFacingSocketConfig>;
type Upsert = { type: string; messages: WAMessage[] };

/** How a connection ended, as Baileys tells it. */
export type Ending = { code: number | undefined; message: string | undefined };

const logger = pino({ level: process.env["LOG"] ?? "silent" });

/** A client that was never linked. */
export function newAuth(): Auth {
  const stored = new Map<string, string>();
  return {
    creds: initAuthCreds(),
    keys: {
      get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
        const found: Record<string, SignalDataTypeMap[T]> = {};
        for (const id of ids) {
          const value = stored.get(`${type} ${id}`);
          if (value !== undefined) found[id] = JSON.parse(value, BufferJSON.reviver);
        }
        return found;
      },
      set: async (changes: SignalDataSet) => {
        for (const [type, values] of Object.entries(changes)) {
          for (const [id, value] of Object.entries(values ?? {})) {
            if (value === null || value === undefined) stored.delete(`${type} ${id}`);
            else stored.set(`${type} ${id}`, JSON.stringify(value, BufferJSON.replacer));
          }
        }
      },
    },
  };
}

/** Real, unmodified Baileys, connected to the sandbox, with its root pinned. */
export class Client implements Disposable {
  readonly socket: WASocket;
  readonly upserts: Upsert[] = [];
  readonly updates: Partial<ConnectionState>[] = [];
  /** Acknowledgements and receipts as they came over the wire. */
  readonly acks: Record<string, string>[] = [];
  readonly receipts: Record<string, string>[] = [];

  constructor(
    sandbox: Pick<Sandbox, "webSocketUrl" | "rootPublicKey">,
    auth: Auth,
    extra: Extra = {},
  ) {
    Object.assign(WA_CERT_DETAILS, { PUBLIC_KEY: sandbox.rootPublicKey });
    this.socket = makeWASocket({
      waWebSocketUrl: sandbox.webSocketUrl,
      logger,
      auth: {
        creds: auth.creds,
        keys: addTransactionCapability(auth.keys, logger, {
          maxCommitRetries: 1,
          delayBetweenTriesMs: 1,
        }),
      },
      markOnlineOnConnect: false,
      syncFullHistory: false,
      ...extra,
    });
    const { ev, ws } = this.socket;
    ev.on("creds.update", (update) => Object.assign(auth.creds, update));
    ev.on("messages.upsert", (upsert) => this.upserts.push(upsert));
    ev.on("connection.update", (update) => this.updates.push(update));
    ws.on("CB:ack,class:message", ({ attrs }) => this.acks.push(attrs));
    ws.on("CB:receipt", ({ attrs }) => this.receipts.push(attrs));
  }

  /** Resolves with the first update that fits, also when it came before. */
  until(
    fits: (update: Partial<ConnectionState>) => boolean,
    withinMs = 10_000,
  ): Promise<Partial<ConnectionState>> {
    const before = this.updates.find(fits);
    if (before) return Promise.resolve(before);
    return new Promise((resolve, reject) => {
      const { ev } = this.socket;
      const timer = setTimeout(() => reject(new Error("No such connection update.")), withinMs);
      const look = (update: Partial<ConnectionState>) => {
        if (!fits(update)) return;
        clearTimeout(timer);
        ev.off("connection.update", look);
        resolve(update);
      };
      ev.on("connection.update", look);
    });
  }

  async opened(withinMs?: number): Promise<this> {
    const update = await this.until(
      ({ connection }) => connection === "open" || connection === "close",
      withinMs,
    );
    if (update.connection === "close") {
      throw update.lastDisconnect?.error ?? new Error("closed");
    }
    return this;
  }

  async closed(withinMs?: number): Promise<Ending> {
    const { lastDisconnect } = await this.until(
      ({ connection }) => connection === "close",
      withinMs,
    );
    const error = lastDisconnect?.error;
    return { code: statusOf(error), message: error?.message };
  }

  async qr(): Promise<string> {
    const { qr } = await this.until((update) => update.qr !== undefined);
    return qr ?? "";
  }

  /** Messages with content that arrived, peer messages of the phone left out. */
  messages(): (WAMessage & { upsert: string })[] {
    return this.upserts.flatMap(({ type, messages }) =>
      messages
        .filter(({ message }) => !message?.protocolMessage)
        .map((message) => ({ ...message, upsert: type })),
    );
  }

  [Symbol.dispose](): void {
    void this.socket.end(undefined);
  }
}

/** What a socket was closed with: Baileys hides it in the error. */
function statusOf(error: Error | undefined): number | undefined {
  if (!error || !("output" in error)) return undefined;
  return (error.output as { statusCode?: number }).statusCode;
}

/** Pairs by QR and logs in for the first time. */
export async function linkByQr(
  sandbox: Pick<Sandbox, "url" | "webSocketUrl" | "rootPublicKey">,
  number: string,
  { auth = newAuth(), extra = {} }: { auth?: Auth; extra?: Extra } = {},
): Promise<{ client: Client; auth: Auth }> {
  const pairing = new Client(sandbox, auth, extra);
  const qr = await pairing.qr();
  const ending = pairing.closed();
  await control(sandbox, "POST", `/phones/${number}/scan`, { qr });
  const { code } = await ending;
  if (code !== 515) throw new Error(`The pairing ended with ${code}.`);

  const client = await new Client(sandbox, auth, extra).opened();
  return { client, auth };
}

/** Calls the control API; throws what it refuses. */
export async function control<T = unknown>(
  sandbox: Pick<Sandbox, "url">,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
  });
  const text = await response.text();
  const answer: unknown = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw Object.assign(new Error(`${response.status} ${text}`), { answer });
  return answer as T;
}
