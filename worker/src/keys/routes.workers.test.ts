import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { CreatedKey, Key } from "@roost/contract/keys";
import { listOf } from "@roost/contract/lists";
import { afterEach, expect, test, vi } from "vitest";
import { call, freshId, givenKey, givenTenant, random } from "../../test/workers/given.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { KEY_CACHE_MS } from "./key-cache.ts";
import { keyText, SECRET_BYTES } from "./key-text.ts";

afterEach(() => {
  vi.useRealTimers();
});

const asked = { name: "Orders", scopes: ["keys:write"] };

async function create(key: string, body: object = asked, headers: Record<string, string> = {}) {
  return call("/v1/keys", { key, body, headers });
}

async function keysSeenBy(key: string): Promise<Key[]> {
  const answer = await call("/v1/keys?limit=100", { key });
  return listOf(Key).parse(await answer.json()).data;
}

test("a key is shown once, works at once, and is listed without its secret", async () => {
  const { key } = await givenTenant();
  const answer = await create(key);
  expect(answer.status).toBe(201);
  const created = CreatedKey.parse(await answer.json());
  expect(created).toMatchObject({ name: "Orders", scopes: ["keys:write"], revoked_at: null });
  expect(created.hint).toBe(created.secret.slice(-4));
  const listed = await call("/v1/keys", { key: created.secret });
  expect(listed.status).toBe(200);
  const text = await listed.text();
  expect(text).toContain(created.id);
  expect(text).not.toContain(created.secret.slice(-52));
});

test("a member makes keys with a session", async () => {
  const { session } = await givenTenant();
  const made = await call("/v1/keys", { session, body: asked });
  expect(made.status).toBe(201);
});

test("only the hash of a key is stored", async () => {
  const { key, tenantId } = await givenTenant();
  const { secret } = CreatedKey.parse(
    await (await create(key, asked, { "idempotency-key": "once" })).json(),
  );
  const stored = await runInDurableObject(tenantStub(env, tenantId), (_, { storage }) =>
    ["keys", "idempotency"].map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray()),
  );
  expect(JSON.stringify(stored)).not.toContain(secret.slice(-52));
});

test("malformed, unknown, revoked, expired and foreign keys get one and the same answer", async () => {
  const { tenantId, key } = await givenTenant();
  const revoked = await givenKey(tenantId);
  await call(`/v1/keys/${revoked.keyId}`, { key, method: "DELETE" });
  const expired = await givenKey(tenantId, { expiresAt: Date.now() - 1 });
  const made = (tenant: typeof tenantId, keyId = freshId("key")) =>
    keyText({ tenantId: tenant, keyId }, random(SECRET_BYTES));
  const answers = await Promise.all(
    [
      "nonsense",
      made(freshId("tenant")),
      made(tenantId),
      made(tenantId, revoked.keyId),
      revoked.key,
      expired.key,
    ].map((text) => call("/v1/keys", { key: text })),
  );
  const bodies = await Promise.all(answers.map((answer) => answer.json<object>()));
  expect(new Set(bodies.map((body) => JSON.stringify({ ...body, request_id: "" }))).size).toBe(1);
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401]);
});

test("a key in the wrong form of header is refused, not ignored", async () => {
  const { key, session } = await givenTenant();
  for (const authorization of [`Basic ${key}`, key, "Bearer", `Bearer ${key} x`]) {
    const answer = await call("/v1/keys", { session, headers: { authorization } });
    expect(answer.status).toBe(401);
  }
});

test("a revoked key stops at once where it was revoked, and within a minute elsewhere", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const { tenantId, key } = await givenTenant();
  const first = await givenKey(tenantId);
  const second = await givenKey(tenantId);
  const statusOf = async (text: string) => (await call("/v1/keys", { key: text })).status;
  expect([await statusOf(first.key), await statusOf(second.key)]).toEqual([200, 200]);
  const answer = await call(`/v1/keys/${first.keyId}`, { key, method: "DELETE" });
  expect(answer.status).toBe(204);
  expect(await statusOf(first.key)).toBe(401);

  // As another isolate would: the object knows, this isolate still remembers.
  await tenantStub(env, tenantId).revokeKey(second.keyId);
  vi.setSystemTime(Date.now() + KEY_CACHE_MS);
  expect(KEY_CACHE_MS).toBeLessThanOrEqual(60_000);
  expect(await statusOf(second.key)).toBe(401);
});

test("a busy key asks its object once in half a minute", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const { tenantId } = await givenTenant();
  const { key } = await givenKey(tenantId, { scopes: ["keys:write"] });
  const verifyKey = vi.spyOn(
    (await import("../tenants/tenant-object.ts")).TenantObject.prototype,
    "verifyKey",
  );
  for (let n = 0; n < 10; n++) await call("/v1/keys", { key });
  expect(verifyKey).toHaveBeenCalledTimes(1);
  verifyKey.mockRestore();
});

test("nobody grants a scope that they lack", async () => {
  const { tenantId } = await givenTenant();
  const { key } = await givenKey(tenantId, { scopes: ["keys:write", "messages:read"] });
  const refused = await create(key, { name: "More", scopes: ["messages:read", "messages:send"] });
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({
    detail: expect.stringContaining("`messages:send`"),
  });
  const admin = await givenTenant("admin");
  const asAdmin = { session: admin.session, body: { name: "More", scopes: ["tenant:admin"] } };
  expect((await call("/v1/keys", asAdmin)).status).toBe(403);
});

test.each(["agent", "viewer"])("a member who is %s does not reach keys", async (role) => {
  const { session } = await givenTenant(role);
  expect((await call("/v1/keys", { session })).status).toBe(403);
});

test("a key bound to accounts stays within them", async () => {
  const { tenantId, key } = await givenTenant();
  const [mine, other] = [freshId("account"), freshId("account")];
  for (const account of [mine, other]) await tenantStub(env, tenantId).addAccount(account);
  const bound = await givenKey(tenantId, { accounts: [mine] });
  expect((await create(bound.key)).status).toBe(403);
  expect((await create(bound.key, { ...asked, accounts: [other] })).status).toBe(404);
  expect((await create(bound.key, { ...asked, accounts: [mine] })).status).toBe(201);
  const seen = await keysSeenBy(bound.key);
  expect(seen).toHaveLength(2);
  expect(seen.every(({ accounts }) => accounts?.join() === mine)).toBe(true);
  const whole = (await keysSeenBy(key)).find(({ accounts }) => accounts === null);
  const refused = await call(`/v1/keys/${whole?.id}`, { key: bound.key, method: "DELETE" });
  expect(refused.status).toBe(404);
});

test("another tenant's account cannot be named, as if it did not exist", async () => {
  const { key } = await givenTenant();
  const other = await givenTenant();
  const foreign = freshId("account");
  await tenantStub(env, other.tenantId).addAccount(foreign);
  const bodyOf = async (account: string) => {
    const answer = await create(key, { ...asked, accounts: [account] });
    expect(answer.status).toBe(404);
    return { ...(await answer.json<object>()), request_id: "" };
  };
  expect(await bodyOf(foreign)).toEqual(await bodyOf(freshId("account")));
});

test("another tenant's keys are neither seen nor revoked", async () => {
  const { key } = await givenTenant();
  const other = await givenTenant();
  expect((await keysSeenBy(key)).map(({ id }) => id)).not.toContain(other.keyId);
  const refused = await call(`/v1/keys/${other.keyId}`, { key, method: "DELETE" });
  expect(refused.status).toBe(404);
  expect((await call("/v1/keys", { key: other.key })).status).toBe(200);
});

test("a repeated request makes no second key and does not tell the secret again", async () => {
  const { key } = await givenTenant();
  const headers = { "idempotency-key": "rotate-1" };
  const first = CreatedKey.parse(await (await create(key, asked, headers)).json());
  const again = await create(key, asked, headers);
  expect(again.status).toBe(409);
  const text = await again.text();
  expect(text).toContain('"invalid_state"');
  expect(text).not.toContain(first.secret.slice(-52));
  const other = await create(key, { ...asked, name: "Other" }, headers);
  expect(await other.json()).toMatchObject({ status: 409, code: "idempotency_mismatch" });
  expect(await keysSeenBy(key)).toHaveLength(2);
});

test("of eight repeats at the same moment one makes a key", async () => {
  const { key } = await givenTenant();
  const headers = { "idempotency-key": "at once" };
  const answers = await Promise.all(Array.from({ length: 8 }, () => create(key, asked, headers)));
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  expect(await keysSeenBy(key)).toHaveLength(2);
});

test("a refused request may be corrected under the same Idempotency-Key", async () => {
  const { key } = await givenTenant();
  const headers = { "idempotency-key": "typo" };
  expect((await create(key, { name: "", scopes: [] }, headers)).status).toBe(422);
  expect((await create(key, asked, headers)).status).toBe(201);
});

test("an Idempotency-Key that is too long is refused", async () => {
  const { key } = await givenTenant();
  expect((await create(key, asked, { "idempotency-key": "x".repeat(256) })).status).toBe(422);
  expect((await create(key, asked, { "idempotency-key": "x".repeat(255) })).status).toBe(201);
});

test("the list comes in pages, the newest first", async () => {
  const { tenantId, key } = await givenTenant();
  for (let n = 0; n < 4; n++) await givenKey(tenantId);
  const page = async (query: string) =>
    listOf(Key).parse(await (await call(`/v1/keys?${query}`, { key })).json());
  const first = await page("limit=2");
  const second = await page(`limit=2&cursor=${first.next_cursor}`);
  const third = await page(`limit=2&cursor=${second.next_cursor}`);
  const ids = [first, second, third].flatMap(({ data }) => data.map(({ id }) => id));
  expect(ids).toEqual((await keysSeenBy(key)).map(({ id }) => id));
  expect(third.next_cursor).toBeNull();
  expect((await call("/v1/keys?page=2", { key })).status).toBe(422);
});
