import { Health } from "@roost/contract/accounts";
import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { FakeHost } from "../../../test/workers/fake-host.ts";
import {
  freshPhone,
  givenAccount,
  givenConnected,
  linkOn,
  send,
} from "../../../test/workers/given-account.ts";
import { call } from "../../../test/workers/given.ts";
import { tenantStub } from "../../tenants/tenant-stub.ts";

afterEach(() => FakeHost.retireAll());

const RENEWS_AT = Date.now() + 20 * 86_400_000;

/** A tenant with two linked accounts and this many messages a month. */
async function given(limit: number | null) {
  const host = await new FakeHost().connect();
  const one = await givenConnected(host);
  const second = await givenAccount(one, "Second");
  await linkOn(host, one, second.id, freshPhone());
  const tenant = tenantStub(env, one.tenantId);
  await tenant.setEntitlement(limit, RENEWS_AT);
  return { host, tenant, key: one.key, accounts: [one.account, second.id] as const };
}

async function trySending(key: string, account: string, n: number) {
  const response = await call("/v1/messages", {
    key,
    body: { account, to: `+5511999990${String(n).padStart(3, "0")}`, text: { body: "hello" } },
  });
  const { code } = await response.json<{ code?: string }>();
  return { status: response.status, code };
}

async function planOf(key: string, account: string) {
  const response = await call(`/v1/accounts/${account}/health`, { key });
  return Health.parse(await response.json());
}

test("twelve messages at once over two accounts never pass the plan's limit, and use all of it", async () => {
  const { key, accounts } = await given(10);
  const sent = await Promise.all(
    Array.from({ length: 12 }, (_, n) => trySending(key, accounts[n % 2] ?? "", n)),
  );
  expect(sent.filter(({ status }) => status === 202)).toHaveLength(10);
  const refused = sent.filter(({ status }) => status !== 202);
  expect(refused).toHaveLength(2);
  for (const answer of refused) {
    expect(answer).toEqual({ status: 429, code: "plan_allowance_used" });
  }
  const health = await planOf(key, accounts[0]);
  expect(health.plan).toEqual({
    limit: 10,
    used: 10,
    left: 0,
    renews_at: new Date(RENEWS_AT).toISOString(),
  });
  expect(health.reasons.map(({ code }) => code)).toContain("plan_allowance");
});

test("what one account holds and does not use, the other gets", async () => {
  const { key, accounts } = await given(100);
  await send({ key, account: accounts[0] });
  const sent = [];
  for (let n = 0; n < 99; n++) sent.push((await trySending(key, accounts[1], n)).status);
  expect(new Set(sent)).toEqual(new Set([202]));
  expect(await trySending(key, accounts[0], 500)).toEqual({
    status: 429,
    code: "plan_allowance_used",
  });
});

test("a larger plan lets messages through again, and none without a limit are counted", async () => {
  const { key, accounts, tenant } = await given(1);
  await send({ key, account: accounts[0] });
  expect((await trySending(key, accounts[1], 1)).status).toBe(429);
  await tenant.setEntitlement(2, RENEWS_AT);
  expect((await trySending(key, accounts[1], 2)).status).toBe(202);
  expect((await trySending(key, accounts[0], 3)).status).toBe(429);
  await tenant.setEntitlement(null, RENEWS_AT);
  expect((await trySending(key, accounts[0], 4)).status).toBe(202);
  expect((await planOf(key, accounts[0])).plan).toBeNull();
});

test("a message that is cancelled before it went out is not used up", async () => {
  const { key, accounts } = await given(1);
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const { id } = await send({ key, account: accounts[0] }, { send_at: later });
  expect((await trySending(key, accounts[0], 1)).status).toBe(429);
  await call(`/v1/messages/${id}`, { key, method: "DELETE" });
  expect((await trySending(key, accounts[0], 2)).status).toBe(202);
});

test("a batch that is longer than what the plan has left takes that, and refuses the rest", async () => {
  const { key, accounts } = await given(100);
  for (let n = 0; n < 90; n++) await trySending(key, accounts[n % 2] ?? "", n);
  const messages = Array.from({ length: 20 }, (_, n) => ({
    account: accounts[0],
    to: `+5511999991${String(n).padStart(3, "0")}`,
    text: { body: "hello" },
  }));
  const response = await call("/v1/messages/batch", { key, body: { messages } });
  const { data } = await response.json<{ data: { error: { code: string } | null }[] }>();
  const codes = data.map(({ error }) => error?.code ?? null);
  expect(codes).toEqual([
    ...Array.from({ length: 10 }, () => null),
    ...Array.from({ length: 10 }, () => "plan_allowance_used"),
  ]);
});

test("what an account has used stays used when it is deleted, and what it held is the others'", async () => {
  const { key, accounts } = await given(1_000);
  const sendMany = async (account: string, count: number) => {
    const to = (n: number) => `+551199998${String(n).padStart(4, "0")}`;
    const messages = Array.from({ length: count }, (_, n) => ({
      account,
      to: to(n),
      text: { body: "hello" },
    }));
    const response = await call("/v1/messages/batch", { key, body: { messages } });
    const { data } = await response.json<{ data: { error: object | null }[] }>();
    return data.filter(({ error }) => error === null).length;
  };
  expect(await sendMany(accounts[0], 8)).toBe(8);
  await call(`/v1/accounts/${accounts[0]}`, { key, method: "DELETE" });
  expect(await sendMany(accounts[1], 1_000)).toBe(992);
});
