import { Queue } from "@roost/contract/queue";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { call } from "../../test/workers/given.ts";
import {
  givenConnected,
  journalOf,
  messageIn,
  readMessage,
  send,
} from "../../test/workers/given-account.ts";

afterEach(() => FakeHost.retireAll());

/** An account on a host that takes leases, sends nothing, and gives back what it is asked for. */
async function givenQuiet() {
  const host = new FakeHost();
  host.isSending = false;
  host.isGivingBack = true;
  await host.connect();
  return { host, ...(await givenConnected(host)) };
}
type At = Awaited<ReturnType<typeof givenQuiet>>;

const queueOf = ({ account }: At) => `/v1/accounts/${account}/queue`;

async function ask(at: At, what: "count" | "clear" | "retry", filter: object): Promise<unknown> {
  const response = await call(`${queueOf(at)}/${what}`, { key: at.key, body: { filter } });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

async function setQueue(at: At, state: string): Promise<Queue> {
  const response = await call(queueOf(at), { key: at.key, method: "PUT", body: { state } });
  return Queue.parse(await response.json());
}

function leased(at: At, count: number): Promise<void> {
  return vi.waitFor(() => expect(at.host.leased(at.account)).toHaveLength(count), {
    timeout: 5_000,
    interval: 5,
  });
}

test("once a pause is answered, the host holds no more than what it has begun", async () => {
  const at = await givenQuiet();
  const sent = [];
  for (let i = 0; i < 5; i++) sent.push(await send(at, { to: `+551199999000${i}` }));
  await leased(at, 5);
  const [first] = sent;
  if (first !== undefined) at.host.begun.add(first.id);
  const queue = await setQueue(at, "paused");
  expect(queue.counts).toMatchObject({ accepted: 4, leased: 1 });
  expect(queue.waiting_for?.code).toBe("queue_paused");
  expect(queue.lanes.direct).toMatchObject({
    accepted: 4,
    leased: 1,
    waiting_for: { code: "queue_paused" },
  });
  expect(queue.lanes.reply).toMatchObject({ accepted: 0, waiting_for: null });
  // What was begun ends as it does.
  if (first !== undefined) at.host.outcome(at.account, first.id);
  await messageIn(at.key, first?.id ?? "msg_", "sent");
  await setQueue(at, "active");
  await leased(at, 9);
});

test("a filter that says nothing is refused", async () => {
  const at = await givenQuiet();
  for (const what of ["count", "clear", "retry"]) {
    const response = await call(`${queueOf(at)}/${what}`, { key: at.key, body: { filter: {} } });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "validation_failed" });
  }
});

test("counting tells what a clear would cancel, and changes nothing", async () => {
  const at = await givenQuiet();
  await send(at, { client_reference: "october" });
  await leased(at, 1);
  await setQueue(at, "paused");
  await send(at, { client_reference: "october" });
  await send(at, { client_reference: "november" });
  const filter = { client_reference: "october" };
  const counted = await ask(at, "count", filter);
  expect(counted).toEqual({ waiting: 2, begun: 0 });
  expect(await ask(at, "count", filter)).toEqual(counted);
  expect(await ask(at, "clear", filter)).toEqual({ cancelled: 2, begun: 0 });
  expect(await ask(at, "count", filter)).toEqual({ waiting: 0, begun: 0 });
});

test("clearing cancels what matches, asks back what is leased, and counts what was begun", async () => {
  const at = await givenQuiet();
  const facts = { client_reference: "october" };
  const begun = await send(at, facts);
  const held = await send(at, facts);
  const other = await send(at, { client_reference: "november" });
  await leased(at, 3);
  await setQueue(at, "paused");
  await setQueue(at, "active");
  await leased(at, 6);
  const later = await send(at, { ...facts, send_at: new Date(Date.now() + 3_600_000) });
  at.host.begun.add(begun.id);
  expect(await ask(at, "clear", { client_reference: "october" })).toEqual({
    cancelled: 2,
    begun: 1,
  });
  expect((await readMessage(at.key, held.id)).state).toBe("cancelled");
  expect((await readMessage(at.key, later.id)).state).toBe("cancelled");
  expect((await readMessage(at.key, other.id)).state).toBe("leased");
  at.host.outcome(at.account, begun.id);
  await messageIn(at.key, begun.id, "sent");
  const types = (await journalOf(at.key, at.account)).map(({ type }) => type);
  expect(types.filter((type) => type === "message.cancelled")).toHaveLength(2);
  // What is over is not cancelled once more.
  expect(await ask(at, "clear", { ids: [begun.id, held.id] })).toEqual({ cancelled: 0, begun: 0 });
});

test("a retry puts back what may get better, under the same id, and never a 463", async () => {
  const at = await givenQuiet();
  // Somebody who wrote to us: a 463 closes the way to strangers alone.
  at.host.report(at.account, {
    kind: "received",
    wa_id: "IN",
    peer: { phone: "5511999990000", lid: null },
    from_me: false,
    name: null,
    type: "text",
    text: "hi",
    quoted_wa_id: null,
    at: Date.now(),
  });
  await at.host.settled();
  const better = await send(at);
  const banned = await send(at);
  const open = await send(at);
  await leased(at, 3);
  at.host.outcome(at.account, better.id, "failed", "rate_limited_by_whatsapp", true);
  at.host.outcome(at.account, banned.id, "failed", "restricted");
  at.host.outcome(at.account, open.id, "unconfirmed", "no_ack");
  await messageIn(at.key, open.id, "unconfirmed");

  expect(await ask(at, "retry", { state: ["failed", "unconfirmed"] })).toEqual({
    retried: 1,
    refused: 1,
  });
  await leased(at, 4);
  expect(at.host.leased(at.account).at(-1)).toMatchObject({
    id: better.id,
    wa_id: better.wa_id,
    attempt: 2,
  });
  expect(await readMessage(at.key, better.id)).toMatchObject({ state: "leased", error: null });
  expect((await readMessage(at.key, open.id)).state).toBe("unconfirmed");

  expect(await ask(at, "retry", { ids: [open.id] })).toEqual({ retried: 1, refused: 0 });
  await leased(at, 5);
  expect(at.host.leased(at.account).at(-1)).toMatchObject({ id: open.id, wa_id: open.wa_id });
  at.host.outcome(at.account, open.id);
  const settled = await messageIn(at.key, open.id, "sent");
  expect(settled.states.map(({ state }) => state)).toEqual([
    "accepted",
    "leased",
    "unconfirmed",
    "accepted",
    "leased",
    "sent",
  ]);
});

test("a retried message that may be out cannot be called cancelled", async () => {
  const at = await givenQuiet();
  const open = await send(at);
  await leased(at, 1);
  at.host.outcome(at.account, open.id, "unconfirmed", "no_ack");
  await messageIn(at.key, open.id, "unconfirmed");
  await setQueue(at, "paused");
  await ask(at, "retry", { ids: [open.id] });
  await messageIn(at.key, open.id, "accepted");
  expect(await ask(at, "clear", { ids: [open.id] })).toEqual({ cancelled: 0, begun: 1 });
  expect((await readMessage(at.key, open.id)).state).toBe("unconfirmed");
});

test("a ban holds what waits, and its events say so", async () => {
  const at = await givenQuiet();
  await send(at, { send_at: new Date(Date.now() + 3_600_000) });
  at.host.session(at.account, { state: "ended", reason: "banned" });
  await vi.waitFor(async () => {
    const queue = Queue.parse(await (await call(queueOf(at), { key: at.key })).json());
    expect(queue).toMatchObject({ state: "paused", reason: { code: "backlog_ban" } });
  });
  const journal = await journalOf(at.key, at.account);
  expect(journal).toContainEqual(
    expect.objectContaining({
      type: "account.health_changed",
      data: expect.objectContaining({ reason: expect.objectContaining({ code: "backlog_ban" }) }),
    }),
  );
  expect(await setQueue(at, "active")).toMatchObject({ state: "active", reason: null });
});

test("ids of another account mean nothing here", async () => {
  const at = await givenQuiet();
  const other = await givenQuiet();
  const { id } = await send(other);
  expect(await ask(at, "clear", { ids: [id] })).toEqual({ cancelled: 0, begun: 0 });
  const response = await call(`${queueOf(at)}/clear`, {
    key: other.key,
    body: { filter: { state: ["accepted"] } },
  });
  expect(response.status).toBe(404);
});
