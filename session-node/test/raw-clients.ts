import {
  initAuthCreds,
  makeCacheableSignalKeyStore,
  makeWASocket,
  type AuthenticationCreds,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  WA_CERT_DETAILS,
  type WASocket,
} from "@whiskeysockets/baileys";
import type { SandboxProcess } from "../sandbox/test/process.ts";
import { silentLogger } from "../src/whatsapp/silent-logger.ts";

type Auth = { creds: AuthenticationCreds; keys: SignalKeyStore };

/** Baileys as it is commonly used, with everything in memory: what the host is measured against. */
export class RawClients implements Disposable {
  readonly #url: string;
  readonly #auths: Auth[] = [];
  #sockets: WASocket[] = [];

  constructor(sandbox: SandboxProcess) {
    this.#url = sandbox.webSocketUrl;
    Object.assign(WA_CERT_DETAILS, { PUBLIC_KEY: sandbox.rootPublicKey });
  }

  async link(scan: (qr: string) => Promise<void>): Promise<void> {
    const auth = { creds: initAuthCreds(), keys: memoryStore() };
    const pairing = this.#connect(auth);
    const restart = waitFor(pairing, ({ connection }) => connection === "close");
    const { qr } = await waitFor(pairing, (update) => update.qr !== undefined);
    await scan(qr ?? "");
    await restart;
    const socket = this.#connect(auth);
    await waitFor(socket, ({ connection }) => connection === "open");
    this.#auths.push(auth);
    this.#sockets.push(socket);
  }

  async sendAll(
    each: number,
    inFlight: number,
    contact: (account: number, n: number) => string,
  ): Promise<void> {
    await Promise.all(
      this.#sockets.map(async (socket, account) => {
        let next = 0;
        let acks = 0;
        const { promise, resolve } = Promise.withResolvers<void>();
        const onAck = () => {
          acks += 1;
          if (acks === each) resolve();
        };
        socket.ws.on("CB:ack,class:message", onAck);
        const sendNext = async (): Promise<void> => {
          while (next < each) {
            const n = next++;
            const jid = `${contact(account, n)}@s.whatsapp.net`;
            await socket.sendMessage(jid, { text: `message ${n}` });
          }
        };
        await Promise.all(Array.from({ length: inFlight }, sendNext));
        await promise;
        socket.ws.off("CB:ack,class:message", onAck);
      }),
    );
  }

  async reconnectAll(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.end(undefined)));
    this.#sockets = this.#auths.map((auth) => this.#connect(auth));
    await Promise.all(
      this.#sockets.map((socket) => waitFor(socket, ({ connection }) => connection === "open")),
    );
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) void socket.end(undefined);
  }

  #connect(auth: Auth): WASocket {
    const socket = makeWASocket({
      waWebSocketUrl: this.#url,
      logger: silentLogger,
      auth: { creds: auth.creds, keys: makeCacheableSignalKeyStore(auth.keys, silentLogger) },
      markOnlineOnConnect: false,
      syncFullHistory: false,
    });
    socket.ev.on("creds.update", (update) => Object.assign(auth.creds, update));
    return socket;
  }
}

type Update = Parameters<Parameters<WASocket["ev"]["on"]>[1]>[0] & {
  connection?: string;
  qr?: string;
};

function waitFor(socket: WASocket, fits: (update: Update) => boolean): Promise<Update> {
  return new Promise((resolve) => {
    const look = (update: Update) => {
      if (!fits(update)) return;
      socket.ev.off("connection.update", look);
      resolve(update);
    };
    socket.ev.on("connection.update", look);
  });
}

function memoryStore(): SignalKeyStore {
  const stored = new Map<string, unknown>();
  return {
    get: <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
      const found: Record<string, SignalDataTypeMap[T]> = {};
      for (const id of ids) {
        const value = stored.get(`${type} ${id}`);
        if (value !== undefined) found[id] = value as SignalDataTypeMap[T];
      }
      return found;
    },
    set: (changes: SignalDataSet) => {
      for (const [type, values] of Object.entries(changes)) {
        for (const [id, value] of Object.entries(values)) {
          if (value === null || value === undefined) stored.delete(`${type} ${id}`);
          else stored.set(`${type} ${id}`, value);
        }
      }
    },
  };
}
