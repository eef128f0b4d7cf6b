/**
 * The yardstick: Baileys and nothing else, in a process of its own, driven over IPC. Keys are in
 * memory, as they are in most programs that use it.
 */
import "../sandbox/quiet.ts";
import { setTimeout as pause } from "node:timers/promises";
import {
  type AuthenticationState,
  BufferJSON,
  DisconnectReason,
  initAuthCreds,
  makeCacheableSignalKeyStore,
  makeWASocket,
  type SignalDataSet,
  type SignalDataTypeMap,
  type WASocket,
} from "@whiskeysockets/baileys";
import pino from "pino";
import { z } from "zod";
import { contactOf } from "./contacts.ts";

const Command = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pair"), numbers: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal("send"),
    accounts: z.int(),
    perAccount: z.int(),
    contacts: z.int(),
    inFlight: z.int(),
  }),
  z.strictObject({ kind: z.literal("rss") }),
  z.strictObject({ kind: z.literal("reconnect") }),
]);
export type Command = z.infer<typeof Command>;

const url = z.string().parse(process.env.BENCH_WHATSAPP_URL);
const control = z.string().parse(process.env.BENCH_CONTROL_URL);
const logger = pino({ level: "silent" });

type Account = { number: string; auth: AuthenticationState; socket: WASocket; acks: number };
const accounts: Account[] = [];

function memoryAuth(): AuthenticationState {
  const rows = new Map<string, string>();
  return {
    creds: initAuthCreds(),
    keys: {
      async get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
        const found: Record<string, SignalDataTypeMap[T]> = {};
        for (const id of ids) {
          const row = rows.get(`${type}:${id}`);
          if (row !== undefined) found[id] = JSON.parse(row, BufferJSON.reviver);
        }
        return found;
      },
      async set(data: SignalDataSet) {
        for (const [type, values] of Object.entries(data)) {
          for (const [id, value] of Object.entries(values ?? {})) {
            if (value === null) rows.delete(`${type}:${id}`);
            else rows.set(`${type}:${id}`, JSON.stringify(value, BufferJSON.replacer));
          }
        }
      },
    },
  };
}

function open(auth: AuthenticationState): WASocket {
  const socket = makeWASocket({
    waWebSocketUrl: url,
    logger,
    auth: { creds: auth.creds, keys: makeCacheableSignalKeyStore(auth.keys, logger) },
    markOnlineOnConnect: false,
    syncFullHistory: false,
  });
  socket.ev.on("creds.update", (update) => Object.assign(auth.creds, update));
  return socket;
}

async function pair(number: string): Promise<Account> {
  const auth = memoryAuth();
  const first = open(auth);
  await new Promise<void>((resolve, reject) => {
    first.ev.on("connection.update", ({ qr, connection, lastDisconnect }) => {
      if (qr !== undefined) void scan(number, qr).catch(reject);
      if (connection !== "close") return;
      const code = (lastDisconnect?.error as { output?: { statusCode?: number } } | undefined)
        ?.output?.statusCode;
      if (code === DisconnectReason.restartRequired) resolve();
      else reject(new Error(`pairing ended with ${code}`));
    });
  });
  const socket = open(auth);
  await opened(socket);
  const account: Account = { number, auth, socket, acks: 0 };
  countAcks(account);
  return account;
}

function countAcks(account: Account): void {
  account.socket.ws.on("CB:ack,class:message", () => (account.acks += 1));
}

function opened(socket: WASocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.ev.on("connection.update", ({ connection, lastDisconnect }) => {
      if (connection === "open") resolve();
      if (connection === "close") reject(lastDisconnect?.error ?? new Error("closed"));
    });
  });
}

async function scan(number: string, qr: string): Promise<void> {
  const response = await fetch(`${control}/phones/${number}/scan`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ qr }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Sends `perAccount` messages from each account and waits for every ack; answers milliseconds. */
async function send(command: Extract<Command, { kind: "send" }>): Promise<number> {
  const senders = accounts.slice(0, command.accounts);
  for (const sender of senders) sender.acks = 0;
  const startedAt = performance.now();
  await Promise.all(
    senders.map(async (sender, index) => {
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < command.perAccount) {
          const number = next++;
          const to = contactOf(index, number % command.contacts);
          await sender.socket.sendMessage(`${to}@s.whatsapp.net`, { text: `raw ${number}` });
        }
      };
      await Promise.all(Array.from({ length: command.inFlight }, lane));
    }),
  );
  while (senders.some(({ acks }) => acks < command.perAccount)) {
    await pause(1);
  }
  return performance.now() - startedAt;
}

async function reconnect(): Promise<number> {
  await Promise.all(accounts.map(({ socket }) => socket.end(undefined)));
  const startedAt = performance.now();
  await Promise.all(
    accounts.map(async (account) => {
      account.socket = open(account.auth);
      countAcks(account);
      await opened(account.socket);
    }),
  );
  return performance.now() - startedAt;
}

async function obey(command: Command): Promise<number> {
  switch (command.kind) {
    case "pair":
      for (const number of command.numbers) accounts.push(await pair(number));
      return accounts.length;
    case "send":
      return send(command);
    case "reconnect":
      return reconnect();
    case "rss":
      globalThis.gc?.();
      return process.memoryUsage().rss;
  }
}

process.on("message", (message) => {
  void obey(Command.parse(message)).then((result) => process.send?.(result));
});
process.send?.("ready");
