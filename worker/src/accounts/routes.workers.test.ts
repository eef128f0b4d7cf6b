import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { call, freshId, givenTenant } from "../../test/workers/given.ts";
import { givenAccount, givenConnected, linkOn, send } from "../../test/workers/given-account.ts";
import type { AccountStore } from "./account-store.ts";
import { accountStub } from "./account-stub.ts";

afterEach(() => FakeHost.retireAll());

test("a new account is unlinked, says what to do, and is in the list at once", async () => {
  const person = await givenTenant();
  const account = await givenAccount(person, "  Support ");
  expect(account).toMatchObject({
    name: "Support",
    state: "unlinked",
    reason: { code: "not_linked" },
    phone: null,
    health: 100,
    queue_state: "active",
  });
  await vi.waitFor(async () => {
    const listed = await call("/v1/accounts", { key: person.key });
    expect(await listed.json()).toMatchObject({ data: [account] });
  });
});

test("the same idempotency key makes one account", async () => {
  const { key } = await givenTenant();
  const request = { key, body: { name: "One" }, headers: { "idempotency-key": "once" } };
  const first = await (await call("/v1/accounts", request)).json<{ id: string }>();
  const again = await call("/v1/accounts", request);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(await again.json()).toEqual(first);
});

test("the directory follows what the account knows", async () => {
  const host = await new FakeHost().connect();
  const { key, account, phone } = await givenConnected(host);
  await call(`/v1/accounts/${account}`, { key, method: "PATCH", body: { name: "New name" } });
  await vi.waitFor(async () => {
    const listed = await call("/v1/accounts", { key });
    expect(await listed.json()).toMatchObject({
      data: [{ id: account, name: "New name", state: "connected", phone: `+${phone}` }],
    });
  });
});

test("a foreign account, one that never was, and nonsense get the same answer everywhere", async () => {
  const owner = await givenTenant();
  const { id: foreign } = await givenAccount(owner);
  const { key } = await givenTenant();
  const calls = [
    ["GET", ""],
    ["GET", "/link"],
    ["GET", "/link/qr.svg"],
    ["GET", "/health"],
    ["GET", "/limits"],
    ["GET", "/queue"],
    ["POST", "/unlink"],
    ["POST", "/restart"],
    ["POST", "/reset"],
    ["DELETE", ""],
  ] as const;
  for (const [method, path] of calls) {
    const texts = await Promise.all(
      [foreign, freshId("account"), "nonsense"].map(async (id) => {
        const response = await call(`/v1/accounts/${id}${path}`, { key, method });
        expect(response.status).toBe(404);
        return (await response.text()).replace(/req_\w+/, "");
      }),
    );
    expect(new Set(texts).size).toBe(1);
  }
});

test("looking at an account that never was leaves nothing behind", async () => {
  const { key } = await givenTenant();
  const id = freshId("account");
  await call(`/v1/accounts/${id}`, { key });
  await call("/v1/messages", {
    key,
    body: { account: id, to: "+5511999990000", text: { body: "x" } },
  });
  const tables = await runInDurableObject(accountStub(env, id), (_, { storage }) =>
    storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf%'").toArray(),
  );
  expect(tables).toEqual([]);
});

test("unlinking logs the phone out and leaves no credentials", async () => {
  const host = await new FakeHost().connect();
  const { key, account } = await givenConnected(host);
  const epoch = host.sessions.get(account) ?? 0;
  const unlinked = await call(`/v1/accounts/${account}/unlink`, { key, method: "POST" });
  expect(await unlinked.json()).toMatchObject({
    state: "unlinked",
    reason: { code: "unlinked_by_us" },
  });
  await host.next("stop", (stop) => stop.epoch === epoch && stop.mode === "logout");
  const stored = await runInDurableObject(accountStub(env, account), (_, { storage }) =>
    JSON.stringify([
      storage.sql.exec("SELECT content FROM pages").toArray(),
      storage.sql.exec("SELECT changes FROM ticks").toArray(),
    ]),
  );
  expect(stored).not.toContain("ciphertext");
  const refused = await call("/v1/messages", {
    key,
    body: { account, to: "+5511999990000", text: { body: "x" } },
  });
  expect(await refused.json()).toMatchObject({ code: "account_unlinked" });
});

test("an account is linked again to its own number, and with another one it asks before it sends", async () => {
  const host = await new FakeHost().connect();
  const { key, account, phone } = await givenConnected(host);
  await call(`/v1/accounts/${account}/unlink`, { key, method: "POST" });
  await linkOn(host, { key }, account, phone);
  const queue = async () =>
    (await call(`/v1/accounts/${account}/queue`, { key })).json<{ state: string }>();
  expect(await queue()).toMatchObject({ state: "active" });

  await call(`/v1/accounts/${account}/unlink`, { key, method: "POST" });
  await linkOn(host, { key }, account, "4915199999999");
  expect(await queue()).toMatchObject({ state: "paused" });
  const found = await call(`/v1/accounts/${account}`, { key });
  expect(await found.json()).toMatchObject({ state: "connected", phone: "+4915199999999" });

  // Whoever resets means another number; nothing waits, so nothing is asked.
  await call(`/v1/accounts/${account}/queue`, { key, method: "PUT", body: { state: "active" } });
  await call(`/v1/accounts/${account}/reset`, { key, method: "POST" });
  await linkOn(host, { key }, account, "4915188888888");
  expect(await queue()).toMatchObject({ state: "active" });
});

test("a linked account cannot be linked once more", async () => {
  const host = await new FakeHost().connect();
  const { key, account } = await givenConnected(host);
  const again = await call(`/v1/accounts/${account}/link`, { key, body: { method: "qr" } });
  expect(again.status).toBe(409);
});

test("a deleted account is gone, with everything in it", async () => {
  const host = await new FakeHost().connect();
  const { key, account } = await givenConnected(host);
  const { id } = await send({ key, account });
  const gone = await call(`/v1/accounts/${account}`, { key, method: "DELETE" });
  expect(gone.status).toBe(204);
  for (const path of [`/v1/accounts/${account}`, `/v1/messages/${id}`]) {
    expect((await call(path, { key })).status).toBe(404);
  }
  const listed = await call("/v1/accounts", { key });
  expect(await listed.json()).toMatchObject({ data: [] });
});

test("a pairing code needs the number that will type it", async () => {
  const person = await givenTenant();
  const { id } = await givenAccount(person);
  const refused = await call(`/v1/accounts/${id}/link`, {
    key: person.key,
    body: { method: "code" },
  });
  expect(await refused.json()).toMatchObject({ status: 422, errors: [{ path: "phone" }] });
  const host = await new FakeHost().connect();
  await call(`/v1/accounts/${id}/link`, {
    key: person.key,
    body: { method: "code", phone: "+4915112345678" },
  });
  const start = await host.nextStart(id);
  expect(start.link).toEqual({ method: "code", phone: "4915112345678" });
});

test("a phone that stays away is told by the alarm, shown in the health, and forgiven when it is back", async () => {
  const host = await new FakeHost().connect();
  const { key, account } = await givenConnected(host);
  const day = 86_400_000;
  const seenAt = Date.now() - 12.5 * day;
  host.report(account, { kind: "phone_seen", at: Date.now() });
  const stub = accountStub(env, account);
  // Twelve days and a half pass without a word from the phone.
  await vi.waitFor(() =>
    runInDurableObject(stub, (object) => {
      const { store } = (object as unknown as { engine: { store: AccountStore } }).engine;
      expect(store.account().phoneSeenAt).toBeGreaterThan(seenAt);
      store.setAccount({ phoneSeenAt: seenAt });
    }),
  );
  // It was armed for the day of the first warning.
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  const health = async () =>
    (await call(`/v1/accounts/${account}/health`, { key })).json<{ reasons: { code: string }[] }>();
  const missing = { code: "phone_unseen_12_days" };
  expect((await health()).reasons).toContainEqual(expect.objectContaining(missing));
  const events = async () => {
    const answer = await call(`/v1/events?account=${account}&limit=100`, { key });
    const { data } = await answer.json<{ data: { type: string; data: { reason?: unknown } }[] }>();
    return data.filter(({ type }) => type === "account.health_changed").map(({ data }) => data);
  };
  expect(await events()).toMatchObject([{ reason: missing }]);

  host.report(account, { kind: "phone_seen", at: Date.now() });
  await vi.waitFor(async () =>
    expect(await events()).toMatchObject([
      { reason: missing },
      { reason: { code: "phone_seen_again" } },
    ]),
  );
  expect((await health()).reasons).not.toContainEqual(expect.objectContaining(missing));
});

test("WhatsApp's lock restricts the account and shows until when", async () => {
  const host = await new FakeHost().connect();
  const { key, account } = await givenConnected(host);
  const until = Date.now() + 3_600_000;
  const lock = { is_active: true, until, kind: "BIZ_QUALITY" };
  host.report(account, { kind: "standing", time_lock: lock, new_chat_cap: null, at: Date.now() });
  const shown = async () => (await call(`/v1/accounts/${account}`, { key })).json();
  await vi.waitFor(async () =>
    expect(await shown()).toMatchObject({
      state: "restricted",
      until: new Date(until).toISOString(),
    }),
  );
  const over = { is_active: false, until: null, kind: null };
  host.report(account, { kind: "standing", time_lock: over, new_chat_cap: null, at: Date.now() });
  await vi.waitFor(async () =>
    expect(await shown()).toMatchObject({ state: "connected", until: null }),
  );
});

test("a ban for a time shows its end in the account and in the refusal to send", async () => {
  const host = await new FakeHost().connect();
  const { key, account } = await givenConnected(host);
  const until = Date.now() + 3_600_000;
  const ban = { state: "ended", reason: "temporarily_banned", upstream_code: 402 } as const;
  host.report(account, { kind: "session", ...ban, self: null, until, at: Date.now() });
  const end = new Date(until).toISOString();
  await vi.waitFor(async () =>
    expect(await (await call(`/v1/accounts/${account}`, { key })).json()).toMatchObject({
      state: "banned",
      until: end,
    }),
  );
  const refused = await call("/v1/messages", {
    key,
    body: { account, to: "+5511999990000", text: { body: "x" } },
  });
  expect(refused.status).toBe(423);
  expect(await refused.json()).toMatchObject({ code: "account_restricted", until: end });
});
