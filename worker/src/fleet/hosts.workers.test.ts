import { evictDurableObject, runDurableObjectAlarm, SELF } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { PROTOCOL_VERSION } from "@roost/contract/host";
import type { MessageId } from "@roost/contract/ids";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost, hostToken } from "../../test/workers/fake-host.ts";
import { call, givenTenant, ORIGIN } from "../../test/workers/given.ts";
import {
  givenAccount,
  givenConnected,
  messageIn,
  readMessage,
  send,
  until,
} from "../../test/workers/given-account.ts";
import { accountStub } from "../accounts/account-stub.ts";
import { consumeSendJobs, type SendJob } from "./consumer.ts";
import { hostStub } from "./stubs.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  FakeHost.retireAll();
});

async function givenQuiet() {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  return { host, ...(await givenConnected(host)) };
}

function waitForLeases(host: FakeHost, account: `acc_${string}`, count: number) {
  return vi.waitFor(
    () => {
      const leased = host.leased(account);
      if (leased.length < count) throw new Error(`${leased.length} of ${count} leased`);
      return leased;
    },
    { timeout: 8_000, interval: 5 },
  );
}

test.each([
  ["no token", undefined],
  ["nonsense", "Bearer nonsense"],
  ["another secret's token", "other"],
])("%s opens no socket", async (_, authorization) => {
  const token =
    authorization === "other"
      ? `Bearer ${await hostToken("host-1", "another secret of thirty-two characters")}`
      : authorization;
  const response = await SELF.fetch(`${ORIGIN}/v1/hosts/socket`, {
    headers: { upgrade: "websocket", ...(token === undefined ? {} : { authorization: token }) },
  });
  expect(response.status).toBe(401);
});

test("an account without a host says so, and connects when a host comes", async () => {
  const person = await givenTenant();
  const { id: account } = await givenAccount(person);
  await call(`/v1/accounts/${account}/link`, { key: person.key, body: { method: "qr" } });
  await until(person.key, account, ({ reason }) => reason?.code === "no_host");
  const host = await new FakeHost().connect();
  const start = await host.nextStart(account);
  expect(start).toMatchObject({ link: { method: "qr", phone: null }, credentials: null });
});

test("a QR code is answered to who may link, and never put into events", async () => {
  const host = await new FakeHost().connect();
  const person = await givenTenant();
  const { id: account } = await givenAccount(person);
  await call(`/v1/accounts/${account}/link`, { key: person.key, body: { method: "qr" } });
  await host.nextStart(account);
  host.report(account, {
    kind: "link",
    state: "waiting_for_scan",
    method: "qr",
    qr: "2@the-secret-text",
    code: null,
    expires_at: Date.now() + 20_000,
    error: null,
    at: Date.now(),
  });
  await host.settled();
  const link = await call(`/v1/accounts/${account}/link`, { key: person.key });
  expect(await link.json()).toMatchObject({ state: "waiting_for_scan", qr: "2@the-secret-text" });
  const svg = await call(`/v1/accounts/${account}/link/qr.svg`, { key: person.key });
  expect(svg.headers.get("content-type")).toBe("image/svg+xml");
  expect(await svg.text()).toMatch(/^<svg/);
  const events = await call(`/v1/events?account=${account}`, { key: person.key });
  expect(await events.text()).not.toContain("the-secret-text");
});

test("an old epoch is not believed, and its host is told to stop", async () => {
  const { host, account, key } = await givenQuiet();
  const old = host.sessions.get(account) ?? 0;
  await call(`/v1/accounts/${account}/restart`, { key, method: "POST" });
  await host.nextStart(account, old);
  host.session(account, { state: "connected" });
  await until(key, account, ({ state }) => state === "connected");

  host.reportAs(account, old, {
    kind: "session",
    state: "ended",
    reason: "banned",
    self: null,
    upstream_code: 403,
    at: Date.now(),
  });
  host.reportAs(account, old, {
    kind: "keys",
    data_key: null,
    writes: [["creds", "from the past"]],
  });
  await host.next("stop", ({ epoch }) => epoch === old);
  await host.settled();
  await until(key, account, ({ state }) => state === "connected");
  const epoch = host.sessions.get(account) ?? 0;
  expect(await host.keysGet(account, epoch, ["creds"])).toEqual(["ciphertext"]);
  expect(await host.keysGet(account, old, ["creds"])).toBeNull();
});

test("another process under the same name gets the sessions anew, with a higher epoch", async () => {
  const { host, account, key } = await givenQuiet();
  const before = host.sessions.get(account) ?? 0;
  host.disconnect();
  const next = await new FakeHost(host.name).connect();
  const start = await next.nextStart(account, before);
  expect(start.credentials).toEqual({ data_key: "wrapped", creds: "ciphertext" });
  expect(start.link).toBeNull();
  next.session(account, { state: "connected" });
  await until(key, account, ({ state }) => state === "connected");
});

test("a host that comes back in time keeps its sessions, and is offered again what is open", async () => {
  const { host, account, key } = await givenQuiet();
  const epoch = host.sessions.get(account);
  const { id, wa_id } = await send({ key, account });
  await waitForLeases(host, account, 1);
  host.disconnect();
  await host.connect();
  const leased = await waitForLeases(host, account, 2);
  expect(leased[1]).toMatchObject({ id, wa_id, attempt: 1 });
  expect(host.sessions.get(account)).toBe(epoch);
  host.outcome(account, id);
  await messageIn(key, id, "sent");
});

test("what was reported while the edge was away is told after the reconnect, once", async () => {
  const { host, account, key } = await givenQuiet();
  const { id } = await send({ key, account });
  await waitForLeases(host, account, 1);
  host.disconnect();
  host.outcome(account, id);
  await host.connect();
  const { states } = await messageIn(key, id, "sent");
  await host.settled();
  expect(states.map(({ state }) => state)).toEqual(["accepted", "leased", "sent"]);
});

test("a host that stays away loses its accounts to another, and its last word is refused", async () => {
  const { host, account, key } = await givenQuiet();
  const before = host.sessions.get(account) ?? 0;
  const { id, wa_id } = await send({ key, account });
  await waitForLeases(host, account, 1);
  const other = await new FakeHost().connect();
  other.isSending = false;
  host.disconnect();
  const stub = hostStub(env, host.name);
  await vi.waitFor(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10_000 });
    await runDurableObjectAlarm(stub);
    if (!other.sessions.has(account)) throw new Error("not moved yet");
  });
  vi.useRealTimers();
  const start = await other.nextStart(account, before);
  other.session(account, { state: "connected" });
  const [again] = await waitForLeases(other, account, 1);
  expect(again).toMatchObject({ id, wa_id, attempt: 2 });

  await host.connect();
  await host.next("stop", (stop) => stop.account === account);
  host.reportAs(account, before, {
    kind: "outcome",
    message: id,
    result: "failed",
    error: { code: "lie", detail: "From the past.", retryable: false },
    peer: null,
    at: Date.now(),
  });
  await host.settled();
  expect((await readMessage(key, id)).state).toBe("leased");
  expect(other.sessions.get(account)).toBe(start.epoch);
});

test("a session that a draining host gives back goes elsewhere", async () => {
  const { host, account } = await givenQuiet();
  const before = host.sessions.get(account) ?? 0;
  const other = await new FakeHost().connect();
  host.beat(true);
  host.session(account, { state: "ended", reason: "host_lost" });
  const start = await other.nextStart(account, before);
  expect(start.credentials).not.toBeNull();
});

test("a frame nobody can read is left out, and those around it count", async () => {
  const { host, account, key } = await givenQuiet();
  const { id } = await send({ key, account });
  await waitForLeases(host, account, 1);
  host.sendText("not json");
  host.sendText(JSON.stringify({ type: "report", n: 99_999, reports: [{ kind: "nonsense" }] }));
  host.sendText(JSON.stringify({ type: "dance" }));
  host.outcome(account, id);
  const message = await messageIn(key, id, "sent");
  expect(message.error).toBeNull();
});

test("a hello of another protocol is refused", async () => {
  const host = await new FakeHost().connect();
  host.sendText(
    JSON.stringify({
      type: "hello",
      protocol: PROTOCOL_VERSION + 1,
      host: host.name,
      incarnation: "12345678",
      load: { sessions: 0, capacity: 1, rss_bytes: 0, event_loop_delay_ms: 0 },
      sessions: [],
      draining: false,
    }),
  );
  await vi.waitFor(() => expect(host.isOpen()).toBe(false));
});

test("key writes take effect in order, and a deleted key is gone", async () => {
  const { host, account } = await givenQuiet();
  const epoch = host.sessions.get(account) ?? 0;
  for (let i = 0; i < 30; i++) {
    host.report(account, {
      kind: "keys",
      data_key: null,
      writes: [
        ["session-1", `value ${i}`],
        [`pre-key-${i}`, i % 2 === 0 ? "kept" : "used"],
        [`pre-key-${i - 1}`, i % 2 === 0 ? null : "kept"],
      ],
    });
  }
  await host.settled();
  await evictDurableObject(accountStub(env, account));
  expect(await host.keysGet(account, epoch, ["session-1", "pre-key-28", "pre-key-5", "x"])).toEqual(
    ["value 29", "kept", null, null],
  );
});

test("an object that is thrown out of memory in the middle loses nothing", async () => {
  const { host, account, key } = await givenQuiet();
  const ids: MessageId[] = [];
  for (let i = 0; i < 5; i++) {
    const { id } = await send({ key, account }, { to: `+551199999000${i}` }, `key ${i}`);
    ids.push(id);
    await evictDurableObject(accountStub(env, account));
  }
  await waitForLeases(host, account, 5);
  for (const id of ids) {
    host.outcome(account, id);
    await messageIn(key, id, "sent");
    await evictDurableObject(accountStub(env, account));
  }
  const repeat = await send({ key, account }, { to: "+5511999990003" }, "key 3");
  expect(repeat.id).toBe(ids[3]);
  expect(new Set(host.leased(account).map(({ id }) => id))).toEqual(new Set(ids));
});

/** Has a message handed out by way of the queue: it waits while the queue is paused. */
async function sendThroughQueue(at: { key: string; account: `acc_${string}` }, to: string) {
  const path = `/v1/accounts/${at.account}/queue`;
  await call(path, { key: at.key, method: "PUT", body: { state: "paused" } });
  const message = await send(at, { to });
  await call(path, { key: at.key, method: "PUT", body: { state: "active" } });
  return message;
}

test("a lease whose queue message was lost is offered again, with the same ids", async () => {
  const { host, account, key } = await givenQuiet();
  const queue = vi.spyOn(env.SEND_JOBS, "sendBatch");
  queue.mockRejectedValue(new Error("the queue is away"));
  const { id, wa_id } = await sendThroughQueue({ key, account }, "+5511999990000");
  expect(queue).toHaveBeenCalledOnce();
  expect(host.leased(account)).toEqual([]);
  vi.restoreAllMocks();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30_000 });
  expect(await runDurableObjectAlarm(accountStub(env, account))).toBe(true);
  vi.useRealTimers();
  const [leased] = await waitForLeases(host, account, 1);
  expect(leased).toMatchObject({ id, wa_id, attempt: 2 });
});

test("a queue that loses, repeats and reorders its messages changes nothing", async () => {
  const { host, account, key } = await givenQuiet();
  const jobs: SendJob[] = [];
  vi.spyOn(env.SEND_JOBS, "sendBatch").mockImplementation(async (batch) => {
    for (const { body } of batch) jobs.push(body as SendJob);
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  });
  const ids: MessageId[] = [];
  for (let i = 0; i < 9; i++) {
    ids.push((await sendThroughQueue({ key, account }, `+551199999000${i}`)).id);
  }
  expect(jobs.length).toBe(9);
  const faulty = [...jobs, ...jobs].toReversed().filter((_, i) => i % 9 > 3);
  for (const job of faulty) {
    await consumeSendJobs([{ body: job, ack: () => {}, retry: () => {} }], {
      take: (one) => accountStub(env, one.account).takeLease(one.lease),
      deliver: async (name, leases) => hostStub(env, name).deliver(leases),
      putBack: (one) => accountStub(env, one.account).putBackLease(one.id),
      log: () => {},
    });
  }
  const delivered = host.leased(account).map(({ id }) => id);
  expect(new Set(delivered).size).toBe(delivered.length);
  expect(delivered.length).toBeLessThan(9);
  vi.restoreAllMocks();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30_000 });
  await runDurableObjectAlarm(accountStub(env, account));
  vi.useRealTimers();
  await vi.waitFor(() => {
    expect(new Set(host.leased(account).map(({ id }) => id))).toEqual(new Set(ids));
  });
  const waIds = host.leased(account).map(({ id, wa_id }) => `${id} ${wa_id}`);
  expect(new Set(waIds).size).toBe(ids.length);
});
