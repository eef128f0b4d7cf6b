import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { BatchAnswer, type BatchItem } from "@roost/contract/messages";
import { afterEach, expect, test } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { call } from "../../test/workers/given.ts";
import {
  givenAccount,
  givenConnected,
  journalOf,
  linkOn,
  readMessage,
} from "../../test/workers/given-account.ts";
import { accountStub } from "../accounts/account-stub.ts";

afterEach(() => FakeHost.retireAll());

const text = (i: number, facts: object = {}) => ({
  to: `+5511${String(90_000_000 + i)}`,
  text: { body: `number ${i}` },
  pace: "asap",
  ...facts,
});

async function sendBatch(
  at: { key: string },
  messages: unknown[],
  idempotencyKey?: string,
): Promise<{ data: BatchItem[]; isReplayed: boolean }> {
  const headers = idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
  const response = await call("/v1/messages/batch", { key: at.key, body: { messages }, headers });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const { data } = BatchAnswer.parse(await response.json());
  return { data, isReplayed: response.headers.get("idempotent-replayed") === "true" };
}

test("a thousand messages are taken in one tick, in order, far below a row each", async () => {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const { account, ...at } = await givenConnected(host);
  const rows = () =>
    runInDurableObject(accountStub(env, account), (_, { storage }) =>
      storage.sql.exec<{ rows: number }>("SELECT total_changes() AS rows").one(),
    );
  const before = await rows();
  const messages = Array.from({ length: 1_000 }, (_, i) => text(i, { account }));
  const { data } = await sendBatch(at, messages, "all");
  const written = (await rows()).rows - before.rows;
  console.log(`rows written for a batch of 1,000: ${written}`);
  expect(data.map(({ message }) => message?.text?.body)).toEqual(
    messages.map(({ text: { body } }) => body),
  );
  expect(written).toBeLessThan(50);
  const again = await sendBatch(at, messages, "all");
  expect(again.isReplayed).toBe(true);
  expect(again.data).toEqual(data);
});

test("each message is accepted or refused on its own, and a repeat answers the same", async () => {
  const host = await new FakeHost().connect();
  const { account, ...at } = await givenConnected(host);
  const messages = [
    text(1, { account }),
    { to: "+5511", nonsense: true },
    text(2, { account: `acc_${"0".repeat(26)}` }),
    text(3, { account, type: "image" }),
    text(4, { account }),
  ];
  const first = await sendBatch(at, messages, "some");
  expect(first.data.map(({ error }) => error?.code ?? null)).toEqual([
    null,
    "validation_failed",
    "not_found",
    "capability_missing",
    null,
  ]);
  expect(first.data[1]?.error?.errors?.length).toBeGreaterThan(0);
  // What was refused stays refused under this key, though it would be taken by now.
  const again = await sendBatch(at, messages, "some");
  expect(again).toEqual({ data: first.data, isReplayed: true });
  const journal = await journalOf(at.key, account);
  expect(journal.filter(({ type }) => type === "message.accepted")).toHaveLength(2);
  const other = await call("/v1/messages/batch", {
    key: at.key,
    body: { messages: messages.slice(1) },
    headers: { "idempotency-key": "some" },
  });
  expect(await other.json()).toMatchObject({ code: "idempotency_mismatch" });
});

test("a refusal for the queue's sake is told again, not undone, under the same key", async () => {
  const host = await new FakeHost().connect();
  const { account, ...at } = await givenConnected(host);
  const queue = `/v1/accounts/${account}/queue`;
  await call(queue, { key: at.key, method: "PUT", body: { state: "frozen" } });
  const first = await sendBatch(at, [text(1, { account })], "frozen");
  expect(first.data[0]?.error).toMatchObject({ code: "queue_closed", status: 409 });
  await call(queue, { key: at.key, method: "PUT", body: { state: "active" } });
  expect((await sendBatch(at, [text(1, { account })], "frozen")).data).toEqual(first.data);
});

test("a batch that died in the middle goes on where it was, without doubles", async () => {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const one = await givenConnected(host);
  const second = await givenAccount(one, "Second");
  await linkOn(host, one, second.id, "4915100000009");
  const messages = Array.from({ length: 20 }, (_, i) => text(i));
  // The disk of one of the two fails: its object starts anew, without what it had taken.
  const disk = (sql: string) =>
    runInDurableObject(
      accountStub(env, second.id),
      (_, { storage }) => storage.sql.exec(sql).rowsWritten,
    );
  await disk(`CREATE TRIGGER broken BEFORE INSERT ON ticks
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
  const first = await sendBatch(one, messages, "crash");
  const missing = first.data.filter(({ error }) => error?.code === "unavailable");
  expect(missing.length).toBeGreaterThan(0);
  expect(missing.length).toBeLessThan(20);

  await disk("DROP TRIGGER broken");
  const again = await sendBatch(one, messages, "crash");
  expect(again.data.every(({ message }) => message !== null)).toBe(true);
  const idsOf = (items: typeof first.data) => items.map(({ message }) => message?.id);
  const kept = idsOf(first.data).filter((id) => id !== undefined);
  expect(idsOf(again.data)).toEqual(expect.arrayContaining(kept));
  const accepted = [
    ...(await journalOf(one.key, one.account)),
    ...(await journalOf(one.key, second.id)),
  ].filter(({ type }) => type === "message.accepted");
  expect(accepted).toHaveLength(20);
});

test("without an account a batch is spread, and one person's messages stay together", async () => {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const one = await givenConnected(host);
  const second = await givenAccount(one, "Second");
  await linkOn(host, one, second.id, "4915100000010");
  const messages = [...Array.from({ length: 10 }, (_, i) => text(i)), text(0), text(0)];
  const { data } = await sendBatch(one, messages);
  const accounts = data.map(({ message }) => message?.account);
  expect(accounts.filter((account) => account === one.account).length).toBeGreaterThanOrEqual(5);
  expect(accounts.filter((account) => account === second.id).length).toBeGreaterThanOrEqual(5);
  expect(accounts.slice(10)).toEqual([accounts[0], accounts[0]]);
});

test("a batch may be larger than other requests, and has its own bound", async () => {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const { account, ...at } = await givenConnected(host);
  const long = { account, text: { body: "x".repeat(4_096) } };
  const { data } = await sendBatch(
    at,
    Array.from({ length: 1_000 }, (_, i) => text(i, long)),
  );
  const [first] = data;
  expect((await readMessage(at.key, first?.message?.id ?? "msg_")).text?.body).toHaveLength(4_096);
  const response = await call("/v1/messages/batch", {
    key: at.key,
    text: JSON.stringify({ messages: ["x".repeat(9 * 1024 * 1024)] }),
  });
  expect(response.status).toBe(413);
});
