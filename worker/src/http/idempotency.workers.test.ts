import { Account } from "@roost/contract/accounts";
import { expect, test } from "vitest";
import { call, givenKey, givenTenant } from "../../test/workers/given.ts";

async function create(key: string, idempotencyKey: string, name = "Support") {
  return call("/v1/accounts", {
    key,
    body: { name },
    headers: { "idempotency-key": idempotencyKey },
  });
}

async function accountsOf(key: string): Promise<number> {
  const answer = await call("/v1/accounts", { key });
  return (await answer.json<{ data: unknown[] }>()).data.length;
}

test("a repeat gets the first answer, says so, and creates nothing", async () => {
  const { key } = await givenTenant();
  const first = await create(key, "one");
  const again = await create(key, "one");
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(first.headers.get("idempotent-replayed")).toBeNull();
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(again.headers.get("content-type")).toContain("application/json");
  expect(Account.parse(await again.json())).toEqual(Account.parse(await first.json()));
  expect(await accountsOf(key)).toBe(1);
});

test("another body, or another operation, with the same Idempotency-Key is refused", async () => {
  const { key } = await givenTenant();
  await create(key, "one");
  const headers = { "idempotency-key": "one" };
  const answers = [
    await create(key, "one", "Sales"),
    await call("/v1/keys", { key, body: { name: "Support", scopes: ["keys:write"] }, headers }),
  ];
  for (const answer of answers) {
    expect(await answer.json()).toMatchObject({ status: 409, code: "idempotency_mismatch" });
  }
});

test("at the same moment one creates and the others are told to wait", async () => {
  const { key } = await givenTenant();
  const answers = await Promise.all(Array.from({ length: 6 }, () => create(key, "one")));
  const created = answers.filter(({ status }) => status === 201);
  expect(created.length).toBeGreaterThanOrEqual(1);
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    expect(answer.headers.get("retry-after")).not.toBeNull();
    expect(await answer.json()).toMatchObject({ code: "in_flight", retryable: "after" });
  }
  expect(await accountsOf(key)).toBe(1);
});

test("tenants do not share Idempotency-Keys, and a repeat needs the right that the first had", async () => {
  const [one, other] = [await givenTenant(), await givenTenant()];
  await create(one.key, "shared");
  const theirs = await create(other.key, "shared");
  expect(theirs.headers.get("idempotent-replayed")).toBeNull();
  const { key } = await givenKey(one.tenantId, { scopes: ["accounts:read"] });
  expect((await create(key, "shared")).status).toBe(403);
});

test("a key that replaces another repeats its requests", async () => {
  const { tenantId, key } = await givenTenant();
  await create(key, "rotating");
  const { key: next } = await givenKey(tenantId);
  expect((await create(next, "rotating")).headers.get("idempotent-replayed")).toBe("true");
});
