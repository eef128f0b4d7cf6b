import { HostDetail } from "@roost/contract/admin";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Accepted, brokenSends, carefulSend } from "./careful-sends.ts";
import { connected, givenLinked, until, type World } from "./given.ts";

const SandboxAdmin = z.object({ admin: z.object({ email: z.string(), password: z.string() }) });
/** A message every so often, on every account in turn. */
const SEND_EVERY_MS = 40;

/** A stack's fleet under load, as its admins and the WhatsApp network see it. */
export class FleetOf {
  readonly world: World;
  readonly accounts: `acc_${string}`[] = [];
  readonly #cookie: string;

  private constructor(world: World, cookie: string) {
    this.world = world;
    this.#cookie = cookie;
  }

  /** The fleet of the world, with so many linked accounts. */
  static async of(world: World, accounts: number): Promise<FleetOf> {
    const file = readFileSync(`${world.stack.directory}/sandbox.json`, "utf8");
    const { admin } = SandboxAdmin.parse(JSON.parse(file));
    const response = await fetch(`${world.stack.apiUrl}/v1/auth/web-session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: world.stack.webUrl },
      body: JSON.stringify(admin),
    });
    const [cookie] = (response.headers.get("set-cookie") ?? "").split(";");
    if (!response.ok || !cookie) throw new Error(`No login: ${await response.text()}`);
    const fleet = new FleetOf(world, cookie);
    for (let n = 1; n <= accounts; n++) {
      fleet.accounts.push(await givenLinked(world, `1555030${String(n).padStart(4, "0")}`));
    }
    return fleet;
  }

  async host(number: number): Promise<HostDetail> {
    return HostDetail.parse(await this.#admin("GET", `/v1/admin/hosts/local-${number}`));
  }

  async drain(number: number, to: "drain" | "resume"): Promise<void> {
    await this.#admin("POST", `/v1/admin/hosts/local-${number}/${to}`);
  }

  async accountsOn(number: number): Promise<string[]> {
    return (await this.host(number)).hosted.map(({ id }) => id);
  }

  /** The host that has the most accounts, by its number, and whose they are. */
  async fullest(): Promise<{ number: number; accounts: string[] }> {
    const all = await Promise.all(
      this.world.stack.hosts.map(async (_, i) => ({
        number: i + 1,
        accounts: await this.accountsOn(i + 1),
      })),
    );
    const [first] = all.toSorted((a, b) => b.accounts.length - a.accounts.length);
    if (first === undefined || first.accounts.length === 0) throw new Error("nothing is placed");
    return first;
  }

  /** Waits until all of them are connected on hosts that were not lost; how long each took, since then. */
  async elsewhere(
    lost: readonly number[],
    accounts: readonly string[],
    since: number,
  ): Promise<Times> {
    const at = new Map<string, number>();
    const others = this.world.stack.hosts.map((_, i) => i + 1).filter((n) => !lost.includes(n));
    await until(async () => {
      for (const number of others) {
        for (const { id, state, since: connectedAt } of (await this.host(number)).hosted) {
          const ms = Date.parse(connectedAt ?? "") - since;
          if (state === "connected" && accounts.includes(id) && !at.has(id)) at.set(id, ms);
        }
      }
      return at.size === accounts.length;
    }, 60_000);
    return timesOf([...at.values()]);
  }

  /** Sends all the while, as a careful client does, until the work is done; answers what was accepted. */
  async sendWhile(label: string, work: () => Promise<void>): Promise<Accepted[]> {
    const sends: Promise<Accepted>[] = [];
    const sending = setInterval(() => {
      sends.push(this.#send(`${label} ${sends.length}`, sends.length));
    }, SEND_EVERY_MS);
    try {
      await work();
    } finally {
      clearInterval(sending);
    }
    return Promise.all(sends);
  }

  /** Which of the accepted messages were lost, and which are on the network more than once. */
  broken(accepted: readonly Accepted[]): Promise<{ lost: string[]; repeated: string[] }> {
    return brokenSends(this.world, accepted, 60_000);
  }

  /** Epochs that were given to more than one host: there must be none. */
  rivals(): string[] {
    const owners = new Map<string, string>();
    const rivals: string[] = [];
    for (const line of this.#edgeLog()) {
      const placed = Placed.safeParse(parsed(line));
      if (!placed.success) continue;
      const { account, epoch, host } = placed.data;
      const session = `${account} ${epoch}`;
      if ((owners.get(session) ?? host) !== host) rivals.push(session);
      owners.set(session, host);
    }
    if (owners.size < this.accounts.length) throw new Error("the log does not tell who had what");
    return rivals;
  }

  async allConnected(): Promise<void> {
    for (const account of this.accounts) await connected(this.world.api, account);
  }

  #send(text: string, number: number): Promise<Accepted> {
    const account = this.accounts[number % this.accounts.length];
    return carefulSend(this.world, text, { account, to: `1555040000${1 + (number % 7)}` });
  }

  #edgeLog(): string[] {
    return readFileSync(`${this.world.stack.directory}/logs/edge.log`, "utf8").split("\n");
  }

  async #admin(method: string, path: string): Promise<unknown> {
    const response = await fetch(`${this.world.stack.apiUrl}${path}`, {
      method,
      headers: { cookie: this.#cookie, origin: this.world.stack.webUrl },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  }
}

export type Times = { p50: number; p95: number; max: number };

function timesOf(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? 0 };
}

const Placed = z.object({
  event: z.literal("session.placed"),
  account: z.string(),
  host: z.string(),
  epoch: z.number(),
});

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
