import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Accepted, brokenSends, carefulSend, countBy } from "./careful-sends.ts";
import { connected, givenLinked, givenWorld, type World } from "./given.ts";

/**
 * What an accepted message survives. In the middle of 200 sends a part is restarted or killed; then
 * every accepted message is in the network's ledger exactly once, under one id, or has ended.
 */
const SENDS = 200;
const IN_FLIGHT = 8;

let world: World;
const accounts: `acc_${string}`[] = [];
beforeAll(async () => {
  world = await givenWorld();
  accounts.push(await givenLinked(world, "15550100001"), await givenLinked(world, "15550100002"));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

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

function sendOne(text: string, number: number): Promise<Accepted> {
  const account = accounts[number % accounts.length];
  return carefulSend(world, text, { account, to: `1555020000${1 + (number % 7)}` });
}

async function expectKept(accepted: readonly Accepted[]): Promise<void> {
  expect(new Set(accepted.map(({ id }) => id)).size).toBe(SENDS);
  const { lost, repeated } = await brokenSends(world, accepted, 90_000);
  const ledger = await world.phones.ledger();
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
