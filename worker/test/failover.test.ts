import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { FleetOf, type Times } from "./fleet-of.ts";
import { givenWorld, until, type World } from "./given.ts";

/**
 * A host ends, freezes or is emptied while its accounts send: they live on others within the budget,
 * every accepted message is on WhatsApp once, and nobody is believed beside them.
 */
const ACCOUNTS = 9;
const CRASHED_MS = 10_000;
const SILENT_MS = 30_000;

const WHOLE = { lost: [], repeated: [] };

let world: World;
let fleet: FleetOf;
beforeAll(async () => {
  world = await givenWorld({ hosts: 3 });
  fleet = await FleetOf.of(world, ACCOUNTS);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await world.stack.ready();
  await fleet.allConnected();
});

function told(what: string, { p50, p95, max }: Times): void {
  console.log(`${what}: accounts elsewhere after p50 ${p50} ms, p95 ${p95} ms, max ${max} ms`);
}

function service(number: number) {
  const host = world.stack.hosts[number - 1];
  if (host === undefined) throw new Error(`no host ${number}`);
  return host;
}

test("accounts are spread over the hosts", async () => {
  const counts = await Promise.all([1, 2, 3].map(async (n) => (await fleet.accountsOn(n)).length));
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
});

test("a killed host's accounts live elsewhere within ten seconds", async () => {
  const lost = await fleet.fullest();
  const host = service(lost.number);
  const accepted = await fleet.sendWhile("killed", async () => {
    const at = Date.now();
    host.kill("SIGKILL");
    // Not to come back under the same name: that would be quicker still.
    await host.stop();
    const times = await fleet.elsewhere([lost.number], lost.accounts, at);
    told("killed", times);
    expect(times.p95).toBeLessThan(CRASHED_MS);
  });
  expect(await fleet.broken(accepted)).toEqual(WHOLE);
  expect(fleet.rivals()).toEqual([]);
  host.start();
});

test("a frozen host's accounts live elsewhere within thirty, and when it wakes it harms nobody", async () => {
  const lost = await fleet.fullest();
  const host = service(lost.number);
  const accepted = await fleet.sendWhile("frozen", async () => {
    const at = Date.now();
    host.kill("SIGSTOP");
    try {
      const times = await fleet.elsewhere([lost.number], lost.accounts, at);
      told("frozen", times);
      expect(times.max).toBeLessThan(SILENT_MS);
    } finally {
      host.kill("SIGCONT");
    }
    await until(async () => (await fleet.host(lost.number)).state === "up");
  });
  expect(await fleet.broken(accepted)).toEqual(WHOLE);
  expect(fleet.rivals()).toEqual([]);
  // Nobody was thrown out for good by the one that woke.
  await fleet.allConnected();
  expect(await fleet.accountsOn(lost.number)).toEqual([]);
});

test("SIGTERM gives the accounts to others, and no message is in doubt", async () => {
  const lost = await fleet.fullest();
  const host = service(lost.number);
  const accepted = await fleet.sendWhile("left", async () => {
    const at = Date.now();
    const stopped = host.stop();
    const times = await fleet.elsewhere([lost.number], lost.accounts, at);
    await stopped;
    told("left", times);
    expect(times.p95).toBeLessThan(CRASHED_MS);
  });
  expect(await fleet.broken(accepted)).toEqual(WHOLE);
  for (const { id } of accepted) {
    expect((await world.api.message(id)).state).not.toBe("unconfirmed");
  }
  host.start();
});

test("a drained host gives its accounts away, takes none, and takes some again when resumed", async () => {
  const lost = await fleet.fullest();
  const accepted = await fleet.sendWhile("drained", async () => {
    const at = Date.now();
    await fleet.drain(lost.number, "drain");
    told("drained", await fleet.elsewhere([lost.number], lost.accounts, at));
    const { state, accounts } = await fleet.host(lost.number);
    expect({ state, accounts }).toEqual({ state: "draining", accounts: 0 });
  });
  expect(await fleet.broken(accepted)).toEqual(WHOLE);
  await fleet.drain(lost.number, "resume");
  await until(async () => (await fleet.host(lost.number)).state === "up");
});
