import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { type Id, newId } from "@roost/contract/ids";
import { afterEach, expect, test, vi } from "vitest";
import { sha256 } from "../lib/crypto.ts";
import { IDEMPOTENCY_MS, IN_FLIGHT_MS } from "./idempotency-store.ts";
import { MAX_LIVE_KEYS, type NewKey } from "./key-store.ts";
import { tenantStub } from "./tenant-stub.ts";

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));
const account = (): Id<"account"> => newId("account", Date.now(), random());

function givenTenant() {
  const tenantId = newId("tenant", Date.now(), random());
  return { tenantId, tenant: tenantStub(env, tenantId) };
}

function newKey(facts: Partial<NewKey> = {}): NewKey {
  return {
    id: newId("key", Date.now(), random()),
    name: "Orders",
    hash: sha256("secret"),
    hint: "cret",
    scopes: ["messages:send"],
    accounts: null,
    expiresAt: null,
    createdBy: newId("user", Date.now(), random()),
    ...facts,
  };
}

afterEach(() => {
  vi.useRealTimers();
});

test("looking at a tenant that nobody made leaves nothing behind", async () => {
  const { tenant } = givenTenant();
  expect(await tenant.verifyKey(newKey().id, sha256("secret"))).toBeNull();
  expect(await tenant.listKeys()).toEqual([]);
  expect(await tenant.listAccounts()).toEqual([]);
  expect(await tenant.revokeKey(newKey().id)).toBe(false);
  await tenant.removeAccount(account(), null);
  await tenant.publish([]);
  const tables = await runInDurableObject(tenant, (_, state) =>
    state.storage.sql
      .exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")
      .toArray(),
  );
  expect(tables).toEqual([]);
});

test("a key is valid with its own secret alone", async () => {
  const { tenant } = givenTenant();
  const key = newKey({ accounts: [account()] });
  expect(await tenant.createKey(key)).toMatchObject({ ok: true });
  expect(await tenant.verifyKey(key.id, key.hash)).toEqual({
    scopes: ["messages:send"],
    accounts: key.accounts,
    expiresAt: null,
  });
  expect(await tenant.verifyKey(key.id, sha256("another"))).toBeNull();
  expect(await tenant.verifyKey(key.id, "")).toBeNull();
  expect(await tenant.verifyKey(newKey().id, key.hash)).toBeNull();
  expect(await givenTenant().tenant.verifyKey(key.id, key.hash)).toBeNull();
});

test("a revoked or expired key is not valid, and stays in the list", async () => {
  const { tenant } = givenTenant();
  const revoked = newKey();
  const expired = newKey({ expiresAt: Date.now() - 1 });
  await tenant.createKey(revoked);
  await tenant.createKey(expired);
  expect(await tenant.revokeKey(revoked.id)).toBe(true);
  expect(await tenant.revokeKey(revoked.id)).toBe(true);
  expect(await tenant.verifyKey(revoked.id, revoked.hash)).toBeNull();
  expect(await tenant.verifyKey(expired.id, expired.hash)).toBeNull();
  const listed = await tenant.listKeys();
  expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([revoked.id, expired.id]));
  expect(listed.find(({ id }) => id === revoked.id)?.revoked_at).not.toBeNull();
});

test("many creates at once stop exactly at the limit", async () => {
  const { tenant } = givenTenant();
  const answers = await Promise.all(
    Array.from({ length: MAX_LIVE_KEYS + 12 }, () => tenant.createKey(newKey())),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(MAX_LIVE_KEYS);
  expect(await tenant.listKeys()).toHaveLength(MAX_LIVE_KEYS);
});

test("a key that expires makes no key that lives longer", async () => {
  const { tenant } = givenTenant();
  const maker = newKey({ expiresAt: Date.now() + 60_000 });
  await tenant.createKey(maker);
  const refused = { ok: false, refusal: { code: "forbidden" } };
  expect(await tenant.createKey(newKey({ createdBy: maker.id }))).toMatchObject(refused);
  const longer = newKey({ createdBy: maker.id, expiresAt: Date.now() + 90_000 });
  expect(await tenant.createKey(longer)).toMatchObject(refused);
  const shorter = newKey({ createdBy: maker.id, expiresAt: Date.now() + 30_000 });
  expect(await tenant.createKey(shorter)).toMatchObject({ ok: true });
});

test("a busy key is written to at most once a minute", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const { tenant } = givenTenant();
  const key = newKey();
  await tenant.createKey(key);
  const lastUsed = async () => (await tenant.listKeys())[0]?.last_used_at;
  expect(await lastUsed()).toBeNull();
  await tenant.verifyKey(key.id, key.hash);
  const first = await lastUsed();
  vi.setSystemTime(Date.now() + 59_000);
  await tenant.verifyKey(key.id, key.hash);
  expect(await lastUsed()).toBe(first);
  vi.setSystemTime(Date.now() + 1_000);
  await tenant.verifyKey(key.id, key.hash);
  expect(await lastUsed()).not.toBe(first);
});

test("the list of accounts follows what is added and removed, also twice", async () => {
  const { tenant } = givenTenant();
  const [one, other] = [account(), account()];
  for (const id of [one, other, one]) await tenant.addAccount(id);
  expect(await tenant.listAccounts()).toEqual([one, other].sort());
  await tenant.removeAccount(one, null);
  await tenant.removeAccount(one, null);
  expect(await tenant.listAccounts()).toEqual([other]);
});

test("of requests with one key at once a single one begins, the others wait", async () => {
  const { tenant } = givenTenant();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => tenant.beginIdempotent("k", "body")),
  );
  expect(answers.filter(({ ok }) => ok)).toEqual([{ ok: true, value: { kind: "begin" } }]);
  expect(answers.find(({ ok }) => !ok)).toMatchObject({
    refusal: { code: "in_flight", retryAfterSeconds: expect.any(Number) },
  });
});

test("a finished request is answered again, and another body is refused", async () => {
  const { tenant } = givenTenant();
  const answer = { status: 201, body: '{"id":"acc_1"}' };
  await tenant.beginIdempotent("k", "body");
  await tenant.finishIdempotent("k", answer);
  expect(await tenant.beginIdempotent("k", "body")).toEqual({
    ok: true,
    value: { kind: "replay", answer },
  });
  expect(await tenant.beginIdempotent("k", "other")).toMatchObject({
    refusal: { code: "idempotency_mismatch" },
  });
});

test("a request that came to nothing frees its key, and a dead one does after a while", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const { tenant } = givenTenant();
  await tenant.beginIdempotent("k", "body");
  await tenant.finishIdempotent("k", null);
  expect(await tenant.beginIdempotent("k", "other")).toMatchObject({ value: { kind: "begin" } });
  vi.setSystemTime(Date.now() + IN_FLIGHT_MS);
  expect(await tenant.beginIdempotent("k", "other")).toMatchObject({ value: { kind: "begin" } });
});

test("an answer and a pin are kept for seven days and then deleted", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const { tenant } = givenTenant();
  const [first, second] = [account(), account()];
  await tenant.beginIdempotent("k", "body");
  await tenant.finishIdempotent("k", { status: 201, body: "{}" });
  expect(await tenant.pinAccount("k", "body", first)).toEqual({ ok: true, value: first });

  vi.setSystemTime(Date.now() + IDEMPOTENCY_MS - 1);
  expect(await runDurableObjectAlarm(tenant)).toBe(true);
  expect(await tenant.beginIdempotent("k", "body")).toMatchObject({ value: { kind: "replay" } });
  expect(await tenant.pinAccount("k", "body", second)).toEqual({ ok: true, value: first });
  expect(await tenant.pinAccount("k", "other", second)).toMatchObject({
    refusal: { code: "idempotency_mismatch" },
  });

  vi.setSystemTime(Date.now() + 1);
  expect(await runDurableObjectAlarm(tenant)).toBe(true);
  expect(await tenant.pinAccount("k", "other", second)).toEqual({ ok: true, value: second });
});
