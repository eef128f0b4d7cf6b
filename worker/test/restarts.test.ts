import { execFileSync } from "node:child_process";
import type { Message } from "@roost/contract/messages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RefusedError } from "./api-client.ts";
import { connected, givenLinked, givenWorld, until, type World } from "./given.ts";

/**
 * What an accepted message survives. In the middle of 200 sends a part is restarted or killed; then
 * every accepted message is in the network's ledger exactly once, under one id, or has ended.
 */
const SENDS = 200;
const IN_FLIGHT = 8;
const SENT = new Set(["sent", "delivered", "read"]);
const ENDED = new Set(["failed", "expired", "cancelled", "unconfirmed"]);

let world: World;
const accounts: `acc_${string}`[] = [];
beforeAll(async () => {
  world = await givenWorld();
  accounts.push(await givenLinked(world, "15550100001"), await givenLinked(world, "15550100002"));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

type Accepted = { id: string; text: string };

/** Eight at once, each with an idempotency key, repeating what got no answer as a careful client does. */
async function sendAll(label: string, disturb: () => Promise<void>): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < SENDS) {
      const number = next++;
      if (number === SENDS / 2) await disturb();
      accepted.push(await sendOne(`${label} ${number}`, number));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return accepted;
}

async function sendOne(text: string, number: number): Promise<Accepted> {
  const account = accounts[number % accounts.length];
  const to = `1555020000${1 + (number % 7)}`;
  let id = "";
  await until(async () => {
    try {
      const message = { account, to, text: { body: text }, pace: "asap" } as const;
      ({ id } = await world.api.send(message, text));
      return true;
    } catch (error) {
      // A refusal that is final would hide a loss; only what may be repeated is.
      if (error instanceof RefusedError && error.problem.retryable === "no") throw error;
      return false;
    }
  }, 60_000);
  return { id, text };
}

async function expectKept(accepted: readonly Accepted[]): Promise<void> {
  expect(new Set(accepted.map(({ id }) => id)).size).toBe(SENDS);
  const settled = new Map<string, Message>();
  await until(async () => {
    for (const { id } of accepted) {
      if (settled.has(id)) continue;
      const message = await world.api.message(id);
      if (!SENT.has(message.state) && !ENDED.has(message.state)) return false;
      settled.set(id, message);
    }
    return true;
  }, 90_000);

  const ledger = await world.phones.ledger();
  const stanzas = countBy(ledger.map(({ wa_id }) => wa_id));
  const lost: string[] = [];
  const repeated: string[] = [];
  for (const { id, state, wa_id } of settled.values()) {
    const count = stanzas.get(wa_id ?? "") ?? 0;
    if (count === 0 && !ENDED.has(state)) lost.push(id);
    if (count > 1) repeated.push(id);
  }
  const arrived: string[] = [];
  for (const to of new Set(ledger.map((row) => row.to))) {
    for (const { text } of await world.phones.messages(to)) arrived.push(text ?? "");
  }
  const arrivals = countBy(arrived);
  const doubled = accepted.filter(({ text }) => (arrivals.get(text) ?? 0) > 1);
  expect({ lost, repeated, doubled }).toEqual({ lost: [], repeated: [], doubled: [] });

  for (const account of accounts) {
    await connected(world.api, account);
    const seqs = (await world.api.events(account)).map((event) => event.seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  }
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** workerd is the only child of the process that serves the edge. */
function workerdPid(): number {
  return Number(execFileSync("pgrep", ["-P", String(world.stack.edge.pid)], { encoding: "utf8" }));
}

describe("every accepted message is on WhatsApp once, and every account returns", () => {
  test.each([
    ["the host is restarted", async () => world.stack.hosts[0].kill("SIGTERM")],
    ["the host is killed", async () => world.stack.hosts[0].kill("SIGKILL")],
    ["the Worker is restarted", async () => world.stack.edge.kill("SIGTERM")],
    ["the Worker is killed", async () => world.stack.edge.kill("SIGKILL")],
    ["workerd alone is killed", async () => void process.kill(workerdPid(), "SIGKILL")],
    [
      "host and Worker are restarted",
      async () => {
        world.stack.hosts[0].kill("SIGTERM");
        world.stack.edge.kill("SIGTERM");
      },
    ],
    [
      "host and Worker are killed",
      async () => {
        world.stack.edge.kill("SIGKILL");
        world.stack.hosts[0].kill("SIGKILL");
      },
    ],
  ])("when %s", async (label, disturb) => {
    await world.stack.ready();
    for (const account of accounts) await connected(world.api, account);
    const accepted = await sendAll(label, disturb);
    await world.stack.ready();
    await expectKept(accepted);
  });
});
