import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { ApiClient } from "../../worker/test/api-client.ts";
import { Phones } from "../../worker/test/phones.ts";
import type { Stack } from "../../worker/local/stack.ts";
import { contactOf } from "./contacts.ts";

const Anything = z.unknown();
const Stats = z.object({ messages: z.number() });
const Sent = z.object({ wa_id: z.string().nullable() });
const unlimited = {
  per_minute: 100_000,
  per_hour: 1_000_000,
  per_day: 10_000_000,
  gap_ms: { min: 0, max: 0 },
  typing: { ms_per_character: 0, max_ms: 0 },
};

/** So many looks, a second apart, at which nothing more has arrived. */
const QUIET_LOOKS = 5;
const FAIL_OVER_WITHIN_MS = 90_000;
const LogLine = z.object({ at: z.string() });

export type Percentiles = { p50: number; p95: number; p99: number };
export type Rate = Percentiles & { perSecond: number };

/** Roost as its tenants see it: everything goes through the public API. */
export class RoostBench {
  readonly #stack: Stack;
  readonly #api: ApiClient;
  readonly #phones: Phones;
  readonly accounts: `acc_${string}`[] = [];
  readonly #numbers = new Map<string, string>();

  constructor(stack: Stack, key: string) {
    this.#stack = stack;
    this.#api = new ApiClient(stack.apiUrl, key);
    this.#phones = new Phones(stack.sandboxUrl);
  }

  async link(number: string): Promise<void> {
    const { id } = await this.#api.createAccount(`Bench ${number}`);
    await this.#api.call(Anything, `/v1/accounts/${id}/limits`, { method: "PUT", body: unlimited });
    await this.#api.startLink(id);
    for (;;) {
      const { qr } = await this.#api.link(id);
      if (qr !== null) {
        await this.#phones.post(`/phones/${number}/scan`, { qr });
        break;
      }
      await pause(20);
    }
    while ((await this.#api.account(id)).state !== "connected") await pause(20);
    this.accounts.push(id);
    this.#numbers.set(id, number);
  }

  /** Accepts alone: the queue of the first account is paused, and stays so. */
  async accept(total: number, inFlight: number): Promise<Rate> {
    const [account = "acc_"] = this.accounts;
    await this.setQueue(account, "paused");
    const times: number[] = [];
    const startedAt = performance.now();
    await inParallel(total, inFlight, async (number) => {
      const sentAt = performance.now();
      await this.post(account, contactOf(0, number % 20), `accept ${number}`);
      times.push(performance.now() - sentAt);
    });
    const seconds = (performance.now() - startedAt) / 1000;
    return { perSecond: total / seconds, ...percentiles(times) };
  }

  /** From the first request until the network has seen every message; milliseconds. */
  async sendThrough(accounts: number, perAccount: number, contacts: number): Promise<number> {
    const seen = await this.messagesSeen();
    const total = accounts * perAccount;
    const startedAt = performance.now();
    const posting = inParallel(total, 48, async (number) => {
      const index = number % accounts;
      const contact = Math.floor(number / accounts) % contacts;
      await this.post(this.accounts[index] ?? "", contactOf(index, contact), `roost ${number}`);
    });
    await this.#until(seen + total);
    await posting;
    return performance.now() - startedAt;
  }

  /** The engine alone: everything is accepted before the queues open; milliseconds. */
  async sendBacklog(accounts: number, perAccount: number, contacts: number): Promise<number> {
    const chosen = this.accounts.slice(0, accounts);
    for (const account of chosen) await this.setQueue(account, "paused");
    const total = accounts * perAccount;
    await inParallel(total, 32, async (number) => {
      const index = number % accounts;
      const contact = Math.floor(number / accounts) % contacts;
      await this.post(chosen[index] ?? "", contactOf(index, contact), `backlog ${number}`);
    });
    const seen = await this.messagesSeen();
    const startedAt = performance.now();
    await Promise.all(chosen.map((account) => this.setQueue(account, "active")));
    await this.#until(seen + total);
    return performance.now() - startedAt;
  }

  /** One reply at a time: milliseconds from the request to the network's ledger. */
  async replyLatency(count: number): Promise<Percentiles> {
    const [account = "acc_"] = this.accounts;
    const person = contactOf(0, 0);
    // Who wrote to us lately is answered, not written to unasked.
    await this.#phones.post(`/phones/${person}/messages`, {
      to: this.#numbers.get(account),
      text: "Are you open today?",
    });
    while ((await this.#api.chats(account)).data.every(({ unread }) => unread === 0))
      await pause(20);
    const sentAt = new Map<string, number>();
    for (let number = 0; number < count; number++) {
      const seen = await this.messagesSeen();
      const at = performance.timeOrigin + performance.now();
      const { wa_id } = await this.post(account, person, `latency ${number}`);
      sentAt.set(wa_id ?? "", at);
      await this.#until(seen + 1);
    }
    const times: number[] = [];
    for (const row of await this.#phones.ledger()) {
      const at = sentAt.get(row.wa_id);
      if (at !== undefined) times.push(Date.parse(row.at) - at);
    }
    return percentiles(times);
  }

  /** As a careful client sends it: asked again, the same key makes no second message. */
  async postWithKey(number: number, body: string): Promise<void> {
    const index = number % this.accounts.length;
    const message = { account: this.accounts[index], to: contactOf(index, 0), text: { body } };
    const response = await this.#api.raw("/v1/messages", {
      method: "POST",
      body: { ...message, pace: "asap" },
      idempotencyKey: body,
    });
    if (response.status !== 202) throw new Error(await response.text());
  }

  /** How often each text is on the phone it was sent to, once nothing more comes. */
  async arrivals(texts: readonly string[]): Promise<Map<string, number>> {
    const wanted = new Set(texts);
    let found = new Map<string, number>();
    for (let sameFor = 0; sameFor < QUIET_LOOKS;) {
      const before = [...found.values()].reduce((sum, n) => sum + n, 0);
      found = new Map();
      for (const index of this.accounts.keys()) {
        for (const { text } of await this.#phones.messages(contactOf(index, 0))) {
          if (text && wanted.has(text)) found.set(text, (found.get(text) ?? 0) + 1);
        }
      }
      const isQuiet = found.size >= wanted.size || before > 0;
      const now = [...found.values()].reduce((sum, n) => sum + n, 0);
      sameFor = isQuiet && now === before ? sameFor + 1 : 0;
      await pause(1_000);
    }
    return found;
  }

  // Hosts that go and come

  /** When a host's process said something of the kind, from its log. */
  hostLog(index: number, event: string): number[] {
    const lines = readFileSync(`${this.#stack.directory}/logs/host-${index + 1}.log`, "utf8");
    return lines.split("\n").flatMap((line) => {
      const said = line.includes(`"event":"${event}"`) ? LogLine.parse(JSON.parse(line)) : null;
      return said === null ? [] : [Date.parse(said.at)];
    });
  }

  /** When each account was connected anew since then; those that never lost their host are left out. */
  async connectedTimes(since: number): Promise<number[]> {
    const times: number[] = [];
    for (const account of this.accounts) {
      const events = await this.#api.events(account);
      const at = events
        .filter(({ type }) => type === "account.connected")
        .map(({ created_at }) => Date.parse(created_at))
        .find((at) => at >= since);
      if (at !== undefined) times.push(at);
    }
    return times;
  }

  async allConnectedSince(since: number): Promise<void> {
    while ((await this.connectedTimes(since)).length < this.accounts.length) await pause(250);
  }

  async someConnectedSince(since: number): Promise<void> {
    const deadline = Date.now() + FAIL_OVER_WITHIN_MS;
    while ((await this.connectedTimes(since)).length === 0) {
      if (Date.now() > deadline) throw new Error("No account was connected anew.");
      await pause(250);
    }
  }

  /** Every account is connected, and stays so for a moment. */
  async allConnected(): Promise<void> {
    for (let times = 0; times < 3;) {
      const states = await Promise.all(this.accounts.map((id) => this.#stateOf(id)));
      times = states.every((state) => state === "connected") ? times + 1 : 0;
      await pause(300);
    }
  }

  async #stateOf(id: string): Promise<string> {
    try {
      return (await this.#api.account(id)).state;
    } catch {
      return "unknown";
    }
  }

  /** Resident memory of the host's process, in bytes. */
  hostMemory(): number {
    return residentBytes(this.#stack.hosts[0].pid);
  }

  /** A lean request: what the client computes is taken from the same two cores. */
  async post(account: string, to: string, body: string): Promise<{ wa_id: string | null }> {
    const message = { account, to, text: { body }, pace: "asap" };
    const response = await this.#api.raw("/v1/messages", { method: "POST", body: message });
    if (response.status !== 202) throw new Error(await response.text());
    return Sent.parse(await response.json());
  }

  async setQueue(account: string, state: string): Promise<void> {
    await this.#api.raw(`/v1/accounts/${account}/queue`, { method: "PUT", body: { state } });
  }

  async messagesSeen(): Promise<number> {
    const response = await fetch(`${this.#stack.sandboxUrl}/stats`);
    return Stats.parse(await response.json()).messages;
  }

  async #until(messages: number): Promise<void> {
    while ((await this.messagesSeen()) < messages) await pause(4);
  }
}

export async function inParallel(
  total: number,
  inFlight: number,
  work: (number: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

export function percentiles(values: number[]): Percentiles {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number): number =>
    sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Resident memory of a process, as the kernel counts it. */
export function residentBytes(pid: number): number {
  const [, kibibytes = "0"] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}
