import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LeasedMessage } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { readConfig } from "../src/config.ts";
import { SessionHost } from "../src/host.ts";
import type { LogEvent } from "../src/log.ts";
import type { Timings } from "../src/timings.ts";
import { eventually } from "./eventually.ts";
import { FakeEdge } from "./fake-edge.ts";

/** Waits that would make a test slow, shortened; everything else is as in production. */
export const quickTimings: Partial<Timings> = {
  ackDeadlineMs: 8_000,
  connectDeadlineMs: 3_000,
  offlineQueueDeadlineMs: 2_000,
  finishMs: 1_000,
  drainMs: 2_000,
  settledMs: 1_000,
  lookUpRetryMs: 200,
  askAgainPause: { firstMs: 300, capMs: 500 },
  askSettleMs: 200,
  reconnectPause: { firstMs: 50, capMs: 500 },
  edgePause: { firstMs: 50, capMs: 200 },
};

const keyEncryptionKey = Buffer.alloc(32, 7).toString("base64");

/** What a test needs: an edge that checks the contract, a WhatsApp network, and hosts between them. */
export class World implements AsyncDisposable {
  readonly edge: FakeEdge;
  readonly sandbox: Sandbox;
  readonly log: LogEvent[] = [];
  readonly #directory: string;
  readonly #hosts: SessionHost[] = [];

  private constructor(edge: FakeEdge, sandbox: Sandbox, directory: string) {
    this.edge = edge;
    this.sandbox = sandbox;
    this.#directory = directory;
  }

  static async create(): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), "roost-host-"));
    const sandbox = await startSandbox({ directory, port: 0 });
    return new World(await FakeEdge.start(), sandbox, directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.#hosts) await host[Symbol.asyncDispose]();
    await this.edge[Symbol.asyncDispose]();
    await this.sandbox[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }

  get env(): Record<string, string> {
    return {
      ROOST_EDGE_URL: this.edge.url,
      ROOST_HOST_NAME: "host-1",
      ROOST_HOST_SECRET: this.edge.secret,
      ROOST_KEY_ENCRYPTION_KEY: keyEncryptionKey,
      ROOST_SANDBOX: "1",
      ROOST_SANDBOX_WHATSAPP_URL: this.sandbox.webSocketUrl,
      ROOST_SANDBOX_ROOT_KEY: this.sandbox.rootPublicKey.toString("base64"),
      ROOST_SANDBOX_CONTROL_URL: this.sandbox.url,
    };
  }

  /** A host of its own incarnation, connected to the edge. */
  async host(
    timings: Partial<Timings> = {},
    env: Record<string, string> = {},
  ): Promise<SessionHost> {
    const before = this.edge.hellos.length;
    const host = SessionHost.start(readConfig({ ...this.env, ...env }), {
      log: (event) => this.log.push(event),
      timings: { ...quickTimings, ...timings },
    });
    this.#hosts.push(host);
    await eventually(() => {
      if (this.edge.hellos.length === before) throw new Error("the host has not said hello");
    });
    return host;
  }

  /** Gives the accounts back, as on SIGTERM. */
  async leave(host: SessionHost): Promise<void> {
    this.#hosts.splice(this.#hosts.indexOf(host), 1);
    await host[Symbol.asyncDispose]();
  }

  /** An account linked to a phone by QR, connected. */
  async linked(number = newNumber()): Promise<{ account: Id<"account">; number: string }> {
    const account = this.edge.newAccount();
    this.edge.start(account, { method: "qr", phone: null });
    const { qr } = await this.edge.expect("link", account, { state: "waiting_for_scan" });
    await this.control("POST", `/phones/${number}/scan`, { qr });
    await this.edge.expect("session", account, { state: "connected" });
    return { account, number };
  }

  /** A phone with WhatsApp on it. */
  async phone(behaviour: object = {}): Promise<string> {
    const number = newNumber();
    await this.control("POST", "/phones", { number });
    if (Object.keys(behaviour).length > 0) {
      await this.control("PUT", `/phones/${number}`, behaviour);
    }
    return number;
  }

  /** Leases one text and returns it. */
  send(account: Id<"account">, to: string, given: Partial<LeasedMessage> = {}): LeasedMessage {
    const message = this.edge.message(account, to, given);
    this.edge.lease(account, [message]);
    return message;
  }

  async fault(fault: object): Promise<void> {
    await this.control("POST", "/faults", fault);
  }

  async inbox(number: string): Promise<{ wa_id: string; text: string | null; from: string }[]> {
    return (await this.control("GET", `/phones/${number}/messages`)) as {
      wa_id: string;
      text: string | null;
      from: string;
    }[];
  }

  /** The ids of messages that WhatsApp regards as delivered to the companions of this number. */
  async delivered(number: string): Promise<string[]> {
    const rows = (await this.control("GET", `/phones/${number}/delivered`)) as { wa_id: string }[];
    return rows.map(({ wa_id }) => wa_id);
  }

  /** How a phone's behaviour and companions look from the network. */
  async pending(number: string): Promise<number> {
    const phone = (await this.control("GET", `/phones/${number}`)) as {
      companions: { pending: number }[];
    };
    return phone.companions.reduce((sum, { pending }) => sum + pending, 0);
  }

  /** Somebody writes to this number; answers the id. */
  async write(from: string, to: string, text: string): Promise<string> {
    const sent = (await this.control("POST", `/phones/${from}/messages`, { to, text })) as {
      wa_id: string;
    };
    return sent.wa_id;
  }

  /** How often the network saw a stanza with this id. */
  async timesSeen(waId: string): Promise<number> {
    const ledger = (await this.control("GET", "/ledger")) as { wa_id: string }[];
    return ledger.filter((entry) => entry.wa_id === waId).length;
  }

  async control(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(new URL(path, this.sandbox.url), {
      method,
      ...(body && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? null : (JSON.parse(text) as unknown);
  }
}

let nextNumber = 0;

/** A number nobody in this process has had. */
export function newNumber(): string {
  nextNumber += 1;
  return `1555${String(Math.floor(Math.random() * 9_000) + 1_000)}${String(nextNumber).padStart(4, "0")}`;
}

export { eventually };
