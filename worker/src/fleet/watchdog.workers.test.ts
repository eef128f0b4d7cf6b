import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { givenConnected, messageIn, send } from "../../test/workers/given-account.ts";
import { accountStub } from "../accounts/account-stub.ts";
import { hostStub } from "./stubs.ts";
import { watchFleet } from "./watch-fleet.ts";

afterEach(() => {
  vi.useRealTimers();
  FakeHost.retireAll();
});

function look(): Promise<void> {
  return watchFleet({ env, db: drizzle(env.DB), now: () => 0 });
}

test("a scheduled message whose alarm was lost goes out when the watchdog looks", async () => {
  const host = await new FakeHost().connect();
  const { account, key } = await givenConnected(host);
  const sendAt = new Date(Date.now() + 1_500).toISOString();
  const { id } = await send({ key, account }, { send_at: sendAt });
  await runInDurableObject(accountStub(env, account), async (_, { storage }) => {
    await storage.deleteAlarm();
  });
  await evictDurableObject(accountStub(env, account));
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Date.parse(sendAt)), 5_000);
  expect(host.leased(account)).toEqual([]);
  await look();
  await messageIn(key, id, "sent");
});

test("a lost host whose alarm was lost as well is given up when the watchdog looks", async () => {
  const host = await new FakeHost().connect();
  const { account } = await givenConnected(host);
  const epoch = host.sessions.get(account);
  const other = await new FakeHost().connect();
  host.disconnect();
  const stub = hostStub(env, host.name);
  await vi.waitFor(async () => {
    expect((await stub.view(0))?.state).toBe("down");
  });
  await runInDurableObject(stub, async (_, { storage }) => storage.deleteAlarm());
  const goneAt = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: goneAt + 4_000 });
  await look();
  vi.useRealTimers();
  await other.nextStart(account, epoch);
  expect(other.sessions.has(account)).toBe(true);
});

test("an idle account that is looked at sets no alarm", async () => {
  const host = await new FakeHost().connect();
  const { account } = await givenConnected(host);
  await look();
  await runInDurableObject(accountStub(env, account), async (_, { storage }) => {
    await storage.deleteAlarm();
  });
  // A look at one that has nothing to do leaves nothing behind, and wakes nobody for long.
  await look();
  const at = await runInDurableObject(accountStub(env, account), (_, { storage }) =>
    storage.getAlarm(),
  );
  expect(at).toBeNull();
});
