import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Id } from "@roost/contract/ids";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { givenAccount, givenConnected, send, until } from "../../test/workers/given-account.ts";
import { call, givenPlatformAdmin, givenTenant } from "../../test/workers/given.ts";
import { fleetStub } from "./stubs.ts";

afterEach(() => {
  vi.useRealTimers();
  FakeHost.retireAll();
});

/** An account of its own tenant that begins to link, and so looks for a host. */
async function givenLooking(region?: string): Promise<{ key: string; account: Id<"account"> }> {
  const person = await givenTenant();
  const account =
    region === undefined
      ? await givenAccount(person)
      : await (
          await call("/v1/accounts", { key: person.key, body: { name: "There", region } })
        ).json<{ id: Id<"account"> }>();
  await call(`/v1/accounts/${account.id}/link`, { key: person.key, body: { method: "qr" } });
  return { key: person.key, account: account.id };
}

async function beaten(host: FakeHost): Promise<void> {
  const { session } = await givenPlatformAdmin();
  const { rssMegabytes } = host;
  host.beat();
  await vi.waitFor(async () => {
    const answer = await call(`/v1/admin/hosts/${host.name}`, { session });
    const { load } = await answer.json<{ load: { rss_bytes: number } }>();
    expect(load.rss_bytes).toBe(rssMegabytes * 1_000_000);
  });
}

test("a host without memory left takes nothing, although it has fewer sessions", async () => {
  const [full, roomy] = [new FakeHost(), new FakeHost()];
  full.rssMegabytes = 950;
  roomy.rssMegabytes = 700;
  await full.connect();
  await roomy.connect();
  for (let n = 0; n < 3; n++) {
    const { account } = await givenLooking();
    await roomy.nextStart(account);
  }
  expect(full.count("start")).toBe(0);
});

test("an account waits while every host is unwell, and starts when one is well again", async () => {
  const host = new FakeHost();
  host.loopDelayMs = 900;
  await host.connect();
  const { key, account } = await givenLooking();
  await until(key, account, ({ reason }) => reason?.code === "no_host");
  host.loopDelayMs = 300;
  await beaten(host);
  expect(host.count("start")).toBe(0);
  host.loopDelayMs = 10;
  host.beat();
  await host.nextStart(account);
});

test("a start that a host gives back goes to another at once, in the middle of linking as well", async () => {
  const [wrong, right] = [new FakeHost(), new FakeHost()];
  right.rssMegabytes = 600;
  await wrong.connect();
  await right.connect();
  const { key, account } = await givenLooking();
  const { epoch } = await wrong.nextStart(account);
  wrong.session(account, { state: "ended", reason: "host_full" });
  await right.nextStart(account, epoch);
  await until(key, account, ({ state }) => state === "linking");
});

test("an account lives in its region; one without any host there is stood in for", async () => {
  const [home, there] = [new FakeHost(), new FakeHost()];
  there.region = "eu-west";
  await home.connect();
  const early = await givenLooking("eu-west");
  await home.nextStart(early.account);
  await there.connect();
  await vi.waitFor(async () => {
    expect(await fleetStub(env, "eu-west").hostsUp()).toEqual([there.name]);
  });
  const { account } = await givenLooking("eu-west");
  await there.nextStart(account);
  const { account: another } = await givenLooking();
  await home.nextStart(another);
  const { session } = await givenPlatformAdmin();
  const listed = await call("/v1/admin/hosts?limit=100", { session });
  const { data } = await listed.json<{ data: { name: string; region: string }[] }>();
  expect(data).toContainEqual(expect.objectContaining({ name: there.name, region: "eu-west" }));
  expect(data).toContainEqual(expect.objectContaining({ name: home.name, region: "default" }));
});

test("a region whose hosts are full makes its accounts wait for it", async () => {
  const [home, there] = [new FakeHost(), new FakeHost()];
  there.region = "ap-south";
  there.capacity = 0;
  await home.connect();
  await there.connect();
  await vi.waitFor(async () => {
    expect(await fleetStub(env, "ap-south").hostsUp()).toEqual([there.name]);
  });
  const { key, account } = await givenLooking("ap-south");
  await until(key, account, ({ reason }) => reason?.code === "no_host");
  there.capacity = 10;
  there.beat();
  await there.nextStart(account);
  expect(home.lastEpoch(account)).toBe(0);
});

test("a full host gives one idle account to a new one, never one that has something in hand", async () => {
  const crowded = new FakeHost();
  crowded.isSending = false;
  crowded.capacity = 6;
  await crowded.connect();
  const accounts = [];
  for (let n = 0; n < 4; n++) accounts.push(await givenConnected(crowded));
  for (const one of accounts.slice(1)) {
    await send(one);
    await vi.waitFor(() => expect(crowded.leased(one.account)).toHaveLength(1));
  }
  const empty = new FakeHost();
  empty.capacity = 6;
  await empty.connect();
  crowded.beat();
  await vi.waitFor(async () => {
    expect(await fleetStub(env, "default").hostsUp()).toContain(empty.name);
  });
  // Nothing is moved before the fleet has come to rest.
  expect(crowded.count("release")).toBe(0);
  const connectedAt = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: connectedAt + 31_000 });
  empty.beat();
  crowded.beat();
  const { account } = await crowded.next("release");
  vi.useRealTimers();
  expect(account).toBe(accounts[0]?.account);
  const epoch = crowded.sessions.get(account);
  crowded.session(account, { state: "ended", reason: "host_moved" });
  await empty.nextStart(account, epoch);
});

test("a fleet that was thrown out of memory still knows its hosts, and who is at home where", async () => {
  const host = await new FakeHost().connect();
  await evictDurableObject(fleetStub(env, "default"));
  const { account } = await givenLooking();
  await host.nextStart(account);
  expect(await fleetStub(env, "default").hostsUp()).toContain(host.name);
});
