import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Id } from "@roost/contract/ids";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { givenConnected, messageIn, send } from "../../test/workers/given-account.ts";
import { accountStub } from "../accounts/account-stub.ts";
import { hostStub } from "./stubs.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  FakeHost.retireAll();
});

/** From here on the account's object can not be opened. */
async function breakAccount(account: Id<"account">): Promise<void> {
  await runInDurableObject(accountStub(env, account), (_, { storage }) => {
    storage.sql.exec("ALTER TABLE ticks RENAME TO lost_ticks");
  });
  await evictDurableObject(accountStub(env, account));
}

/** From here on the account can be opened and asked, but keeps nothing that it is told. */
async function fillDisk(account: Id<"account">): Promise<void> {
  await runInDurableObject(accountStub(env, account), (_, { storage }) => {
    storage.sql.exec(
      `CREATE TRIGGER disk_full BEFORE INSERT ON ticks
       BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
    );
  });
}

/** An object that is just being thrown out, since it could keep nothing, is asked again. */
async function freeDisk(account: Id<"account">): Promise<void> {
  await vi.waitFor(() =>
    runInDurableObject(accountStub(env, account), (_, { storage }) => {
      storage.sql.exec("DROP TRIGGER IF EXISTS disk_full");
    }),
  );
}

test("an account that fails when its host is lost holds up nobody, and is told by the alarm", async () => {
  const host = await new FakeHost().connect();
  const failing = await givenConnected(host);
  const other = await givenConnected(host);
  const epoch = host.sessions.get(failing.account) ?? 0;
  await fillDisk(failing.account);
  host.disconnect();
  const next = await new FakeHost(host.name).connect();
  await next.nextStart(other.account, host.sessions.get(other.account));
  expect(next.sessions.has(failing.account)).toBe(false);

  await freeDisk(failing.account);
  await evictDurableObject(hostStub(env, host.name));
  await vi.waitFor(
    async () => {
      await runDurableObjectAlarm(hostStub(env, host.name));
      expect(next.sessions.get(failing.account)).toBeGreaterThan(epoch);
    },
    { timeout: 8_000 },
  );
});

test("keys that cannot be read are left unanswered, and the socket goes on for the others", async () => {
  const host = await new FakeHost().connect();
  const failing = await givenConnected(host);
  const other = await givenConnected(host);
  await breakAccount(failing.account);
  const lines = vi.spyOn(console, "log");
  const epochOf = (account: Id<"account">) => host.sessions.get(account) ?? 0;
  void host.keysGet(failing.account, epochOf(failing.account), ["creds"]).catch(() => undefined);
  await vi.waitFor(() => expect(lines.mock.calls.flat().join()).toContain("host.keys_failed"));
  const values = await host.keysGet(other.account, epochOf(other.account), ["creds"]);
  expect(values).toEqual(["ciphertext"]);
});

test("a socket whose hello cannot be read is closed, for the host to dial again", async () => {
  const host = await new FakeHost().connect();
  host.disconnect();
  const socket = await host.dial();
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
  socket.send(JSON.stringify({ type: "hello", protocol: "from the future" }));
  expect(await closed).toBe(1008);
});

test("a host that gives everything back is offered it ever more slowly, until it begins one", async () => {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const { account, key } = await givenConnected(host);
  const { id } = await send({ key, account });
  const offeredAt: number[] = [];
  for (let n = 1; n <= 4; n++) {
    await vi.waitFor(() => expect(host.leased(account)).toHaveLength(n), { timeout: 8_000 });
    offeredAt.push(Date.now());
    if (n < 4) host.outcome(account, id, "returned");
  }
  const pauses = offeredAt.slice(1).map((at, i) => at - (offeredAt[i] ?? 0));
  expect(pauses[0]).toBeGreaterThanOrEqual(240);
  expect(pauses[2]).toBeGreaterThanOrEqual(990);
  host.outcome(account, id);
  await messageIn(key, id, "sent");
});

test("a lease that its host missed while it redialled is delivered once it is back", async () => {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const { account, key } = await givenConnected(host);
  const queue = vi.spyOn(env.SEND_JOBS, "sendBatch");
  host.disconnect();
  // The account still takes the host for connected: its grace has just begun.
  const { id } = await send({ key, account });
  await vi.waitFor(() => expect(queue).toHaveBeenCalled());
  await host.connect();
  const leased = await vi.waitFor(() => {
    const [first] = host.leased(account);
    if (first === undefined) throw new Error("not leased yet");
    return first;
  });
  expect(leased.id).toBe(id);
});

test("after our own restart a host has longer to come back, and keeps its sessions", async () => {
  const host = await new FakeHost().connect();
  const { account } = await givenConnected(host);
  const epoch = host.sessions.get(account);
  const stub = hostStub(env, host.name);
  const lines = vi.spyOn(console, "log");
  host.disconnect();
  await vi.waitFor(() => expect(lines.mock.calls.flat().join()).toContain("host.disconnected"));
  await evictDurableObject(stub);
  const restartedAt = Date.now();
  for (const later of [6_000, 6_000 + 7_000]) {
    vi.useFakeTimers({ toFake: ["Date"], now: restartedAt + later });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
  }
  vi.useRealTimers();
  await host.connect();
  host.session(account, { state: "connected" });
  await host.settled();
  expect(host.count("start")).toBe(1);
  expect(host.count("stop")).toBe(0);
  expect(host.sessions.get(account)).toBe(epoch);
});
