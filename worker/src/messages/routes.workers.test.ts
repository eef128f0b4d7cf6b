import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Message, messageTypes } from "@roost/contract/messages";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { call, freshId, givenKey, givenTenant } from "../../test/workers/given.ts";
import {
  givenAccount,
  givenConnected,
  journalOf,
  linkOn,
  messageIn,
  readMessage,
  send,
} from "../../test/workers/given-account.ts";
import { accountStub } from "../accounts/account-stub.ts";

afterEach(() => FakeHost.retireAll());

/** A connected account whose host keeps what it gets until the test says what became of it. */
async function givenQuiet() {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  return { host, ...(await givenConnected(host)) };
}

type Quiet = Awaited<ReturnType<typeof givenQuiet>>;

/** The message as the host got it, once it has. */
function leased({ host, account }: Quiet, id: string) {
  return vi.waitFor(() => {
    const found = host.leased(account).find((message) => message.id === id);
    if (found === undefined) throw new Error("not leased");
    return found;
  });
}

const BODY = { to: "+5511999990000", text: { body: "hello" } };

test("the same idempotency key makes one message, and answers the first again", async () => {
  const at = await givenQuiet();
  const request = {
    key: at.key,
    body: { account: at.account, ...BODY },
    headers: { "idempotency-key": "order-42" },
  };
  const first = await call("/v1/messages", request);
  expect(first.headers.get("idempotent-replayed")).toBeNull();
  const answer = await first.text();
  const { id } = Message.parse(JSON.parse(answer));
  await leased(at, id);
  at.host.outcome(at.account, id);
  await messageIn(at.key, id, "sent");

  const again = await call("/v1/messages", request);
  expect(again.status).toBe(202);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(await again.text()).toBe(answer);
  expect(at.host.leased(at.account)).toHaveLength(1);
});

test("ten requests at once with one key make one message", async () => {
  const at = await givenQuiet();
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(at, {}, "same")));
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
});

test("the same key with another body is refused", async () => {
  const at = await givenQuiet();
  await send(at, {}, "same");
  const other = await call("/v1/messages", {
    key: at.key,
    body: { account: at.account, ...BODY, text: { body: "other" } },
    headers: { "idempotency-key": "same" },
  });
  expect(other.status).toBe(409);
  expect(await other.json()).toMatchObject({ code: "idempotency_mismatch" });
});

test("without an account a repeat finds the account that took the first", async () => {
  const host = await new FakeHost().connect();
  const one = await givenConnected(host);
  const second = await givenAccount(one, "Second");
  await linkOn(host, one, second.id, "4915100000001");
  const answers = [];
  for (let i = 0; i < 5; i++) answers.push(await send({ key: one.key }, {}, "same"));
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
});

test("a repeat is answered though no account could take the message by now", async () => {
  const host = await new FakeHost().connect();
  const one = await givenConnected(host);
  const first = await send({ key: one.key }, {}, "same");
  await call(`/v1/accounts/${one.account}/unlink`, { key: one.key, method: "POST" });
  const again = await send({ key: one.key }, {}, "same");
  expect(again.id).toBe(first.id);
  const other = await call("/v1/messages", {
    key: one.key,
    body: { ...BODY, text: { body: "other" } },
    headers: { "idempotency-key": "same" },
  });
  expect(await other.json()).toMatchObject({ code: "idempotency_mismatch" });
});

test("an account that has the chat is chosen before others", async () => {
  const host = await new FakeHost().connect();
  const one = await givenConnected(host);
  const second = await givenAccount(one, "Second");
  await linkOn(host, one, second.id, "4915100000002");
  await send({ key: one.key, account: second.id }, { to: "+5511888880000" });
  const chosen = await send({ key: one.key }, { to: "5511888880000" });
  expect(chosen.account).toBe(second.id);
});

test("without a connected account a send is refused with what to do", async () => {
  const person = await givenTenant();
  await givenAccount(person);
  const response = await call("/v1/messages", { key: person.key, body: BODY });
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: "account_unlinked" });
});

test("an account that was never linked takes no messages", async () => {
  const person = await givenTenant();
  const { id: account } = await givenAccount(person);
  const response = await call("/v1/messages", { key: person.key, body: { account, ...BODY } });
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: "account_unlinked" });
  expect((await journalOf(person.key, account)).length).toBe(0);
});

test.each([
  [{ to: "nobody" }, 422, "validation_failed"],
  [{ to: "120363041234567890@g.us" }, 501, "capability_missing"],
  [{ to: `con_${"0".repeat(26)}` }, 404, "not_found"],
  [{ type: "image" }, 501, "capability_missing"],
  [{ image: { url: "https://example.com/a.png" } }, 422, "validation_failed"],
  [{ text: undefined }, 422, "validation_failed"],
  [{ txt: { body: "unknown field" } }, 422, "validation_failed"],
  [{ expires_at: "2020-01-01T00:00:00Z" }, 422, "validation_failed"],
  [{ text: { body: "" } }, 422, "validation_failed"],
  [{ priority: 11 }, 422, "validation_failed"],
])("%j is answered with %i %s", async (facts, status, code) => {
  const at = await givenQuiet();
  const response = await call("/v1/messages", {
    key: at.key,
    body: { account: at.account, ...BODY, ...facts },
  });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code });
  expect(at.host.leased(at.account)).toEqual([]);
});

test.each(messageTypes.filter((type) => type !== "text"))(
  "a message of type %s is said to be not built yet, whatever it holds",
  async (type) => {
    const { key } = await givenTenant();
    const body = { to: BODY.to, type, [type]: { url: "https://example.com/a", id: "1" } };
    const response = await call("/v1/messages", { key, body });
    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({
      code: "capability_missing",
      detail: `Messages of type ${type} are not built yet. Send a text.`,
    });
  },
);

test("without a named account, a closed queue is said to be the reason", async () => {
  const at = await givenQuiet();
  const queue = `/v1/accounts/${at.account}/queue`;
  for (const state of ["draining", "frozen"]) {
    await call(queue, { key: at.key, method: "PUT", body: { state } });
    const response = await call("/v1/messages", { key: at.key, body: BODY });
    expect(await response.json()).toMatchObject({
      status: 409,
      code: "queue_closed",
      detail: expect.stringContaining(state),
    });
  }
});

test("an idempotency key of 256 characters is refused", async () => {
  const at = await givenQuiet();
  const response = await call("/v1/messages", {
    key: at.key,
    body: { account: at.account, ...BODY },
    headers: { "idempotency-key": "x".repeat(256) },
  });
  expect(response.status).toBe(422);
});

test("a message with another tenant's id, a nonsense id and no id at all get the same answer", async () => {
  const at = await givenQuiet();
  const mine = await send(at);
  const other = await givenTenant();
  const texts = await Promise.all(
    [mine.id, `msg_${"0".repeat(35)}`, "nonsense"].map(async (id) => {
      const response = await call(`/v1/messages/${id}`, { key: other.key });
      expect(response.status).toBe(404);
      return (await response.text()).replace(/req_\w+/, "");
    }),
  );
  expect(new Set(texts).size).toBe(1);
});

test("a key bound to one account sees no other", async () => {
  const at = await givenQuiet();
  const message = await send(at);
  const { key } = await givenKey(at.tenantId, { accounts: [freshId("account")] });
  expect((await call(`/v1/messages/${message.id}`, { key })).status).toBe(404);
  const sent = await call("/v1/messages", { key, body: { account: at.account, ...BODY } });
  expect(sent.status).toBe(404);
  const listed = await call("/v1/messages", { key });
  expect(await listed.json()).toMatchObject({ data: [] });
});

test("a message that waits is cancelled; the host never gets it", async () => {
  const at = await givenQuiet();
  await call(`/v1/accounts/${at.account}/queue`, {
    key: at.key,
    method: "PUT",
    body: { state: "paused" },
  });
  const { id } = await send(at);
  const cancelled = await call(`/v1/messages/${id}`, { key: at.key, method: "DELETE" });
  expect(cancelled.status).toBe(200);
  expect(await cancelled.json()).toMatchObject({ state: "cancelled" });
  await call(`/v1/accounts/${at.account}/queue`, {
    key: at.key,
    method: "PUT",
    body: { state: "active" },
  });
  const next = await send(at);
  await leased(at, next.id);
  expect(at.host.leased(at.account).map((message) => message.id)).toEqual([next.id]);
});

test("a message that a host holds is asked back, and cancelled when the host had not begun", async () => {
  const at = await givenQuiet();
  const { id } = await send(at);
  await leased(at, id);
  const cancelling = call(`/v1/messages/${id}`, { key: at.key, method: "DELETE" });
  await at.host.next("revoke", ({ messages }) => messages?.includes(id) === true);
  at.host.outcome(at.account, id, "returned");
  expect(await (await cancelling).json()).toMatchObject({ state: "cancelled" });
});

test("a message that turns out to be sent while it is cancelled is deleted for everyone", async () => {
  const at = await givenQuiet();
  const { id } = await send(at);
  await leased(at, id);
  const cancelling = call(`/v1/messages/${id}`, { key: at.key, method: "DELETE" });
  await at.host.next("revoke");
  at.host.outcome(at.account, id, "sent");
  const response = await cancelling;
  expect(response.status).toBe(202);
  expect((await readMessage(at.key, id)).state).toBe("sent");
  await vi.waitFor(() => {
    expect(at.host.leased(at.account).at(-1)).toMatchObject({ type: "revoke" });
  });
});

test("a message whose fate is open cannot be cancelled, and a sentence says so", async () => {
  const at = await givenQuiet();
  const { id } = await send(at);
  await leased(at, id);
  const cancelling = call(`/v1/messages/${id}`, { key: at.key, method: "DELETE" });
  await at.host.next("revoke");
  at.host.outcome(at.account, id, "unconfirmed", "no_ack");
  const response = await cancelling;
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: "invalid_state" });
  expect((await readMessage(at.key, id)).state).toBe("unconfirmed");
});

test("pausing asks everything back; resuming hands it out again under the same ids", async () => {
  const at = await givenQuiet();
  const { id, wa_id } = await send(at);
  await leased(at, id);
  const queue = `/v1/accounts/${at.account}/queue`;
  await call(queue, { key: at.key, method: "PUT", body: { state: "paused" } });
  await at.host.next("revoke", ({ messages }) => messages === null);
  at.host.outcome(at.account, id, "returned");
  await messageIn(at.key, id, "accepted");
  expect(await (await call(queue, { key: at.key })).json()).toMatchObject({
    state: "paused",
    counts: { accepted: 1, leased: 0 },
    waiting_for: { code: "queue_paused" },
  });

  await call(queue, { key: at.key, method: "PUT", body: { state: "active" } });
  await vi.waitFor(() => expect(at.host.leased(at.account)).toHaveLength(2));
  expect(at.host.leased(at.account)[1]).toMatchObject({ id, wa_id });
});

test("while paused nothing is offered again: an answer that is owed is asked for", async () => {
  const at = await givenQuiet();
  const { id } = await send(at);
  await leased(at, id);
  const queue = `/v1/accounts/${at.account}/queue`;
  await call(queue, { key: at.key, method: "PUT", body: { state: "paused" } });
  await vi.waitFor(() => expect(at.host.count("revoke")).toBe(1));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
  await runDurableObjectAlarm(accountStub(env, at.account));
  vi.useRealTimers();
  await vi.waitFor(() => expect(at.host.count("revoke")).toBe(2));
  at.host.disconnect();
  await at.host.connect();
  await vi.waitFor(() => expect(at.host.count("revoke")).toBe(3));
  expect(at.host.leased(at.account)).toHaveLength(1);

  await call(queue, { key: at.key, method: "PUT", body: { state: "active" } });
  await vi.waitFor(() => expect(at.host.leased(at.account)).toHaveLength(2));
  expect(at.host.leased(at.account)[1]).toMatchObject({ id, attempt: 1 });
});

test("hosts that come back again and again use up no quota", async () => {
  const at = await givenQuiet();
  const { id } = await send(at);
  await leased(at, id);
  for (let i = 2; i < 5; i++) {
    at.host.disconnect();
    await at.host.connect();
    await vi.waitFor(() => expect(at.host.leased(at.account)).toHaveLength(i));
  }
  at.host.outcome(at.account, id);
  await messageIn(at.key, id, "sent");
  const health = await call(`/v1/accounts/${at.account}/health`, { key: at.key });
  expect(await health.json()).toMatchObject({ windows: { day: { used: 1 } } });
});

test("what a session that was given up still tells of WhatsApp is believed", async () => {
  const at = await givenQuiet();
  const { id, wa_id } = await send(at);
  await leased(at, id);
  const old = at.host.sessions.get(at.account) ?? 0;
  await call(`/v1/accounts/${at.account}/restart`, { key: at.key, method: "POST" });
  await at.host.nextStart(at.account, old);
  const fact = { peer: { phone: "5511999990000", lid: null }, at: Date.now() };
  const said = { from_me: false, name: "Ana", type: "text", text: "hi", quoted_wa_id: null };
  at.host.reportAs(
    at.account,
    old,
    { kind: "outcome", message: id, result: "sent", error: null, ...fact },
    { kind: "receipt", wa_ids: [wa_id ?? ""], type: "delivered", ...fact },
    { kind: "received", wa_id: "A1", ...said, ...fact },
  );
  await messageIn(at.key, id, "delivered");
  const events = await journalOf(at.key, at.account);
  expect(events.map(({ type }) => type)).toContain("message.received");
  await at.host.next("stop", ({ epoch }) => epoch === old);
});

test("a draining queue refuses, and delivers what it has", async () => {
  const at = await givenQuiet();
  const { id } = await send(at);
  await call(`/v1/accounts/${at.account}/queue`, {
    key: at.key,
    method: "PUT",
    body: { state: "draining" },
  });
  const refused = await call("/v1/messages", {
    key: at.key,
    body: { account: at.account, ...BODY },
  });
  expect(await refused.json()).toMatchObject({ status: 409, code: "queue_closed" });
  await leased(at, id);
});

test("a number that is not on WhatsApp ends as failed with its code, and is never called sent", async () => {
  const at = await givenQuiet();
  const { id } = await send(at);
  await leased(at, id);
  at.host.outcome(at.account, id, "failed", "not_on_whatsapp");
  const message = await messageIn(at.key, id, "failed");
  expect(message.error?.code).toBe("not_on_whatsapp");
  expect(message.states.map(({ state }) => state)).not.toContain("sent");
});

test("an unconfirmed message is settled by a late receipt", async () => {
  const at = await givenQuiet();
  const { id, wa_id } = await send(at);
  await leased(at, id);
  at.host.outcome(at.account, id, "unconfirmed", "no_ack");
  await messageIn(at.key, id, "unconfirmed");
  at.host.receipt(at.account, "delivered", "5511999990000", wa_id ?? "");
  const delivered = await messageIn(at.key, id, "delivered");
  expect(delivered.error).toBeNull();
});

test("nobody but the person it went to can say that a message was read", async () => {
  const at = await givenQuiet();
  const { id, wa_id } = await send(at);
  at.host.outcome(at.account, id);
  await messageIn(at.key, id, "sent");
  at.host.receipt(at.account, "read", "5511777770000", wa_id ?? "");
  await at.host.settled();
  expect((await readMessage(at.key, id)).state).toBe("sent");
});

test("a scheduled message is not handed out before its time", async () => {
  const at = await givenQuiet();
  const later = await send(at, { send_at: new Date(Date.now() + 3_600_000).toISOString() });
  expect(later.state).toBe("scheduled");
  const now = await send(at);
  await leased(at, now.id);
  expect(at.host.leased(at.account).map(({ id }) => id)).toEqual([now.id]);
});

test("ten failures in a row pause the queue and say why", async () => {
  const at = await givenQuiet();
  for (let i = 0; i < 10; i++) {
    const { id } = await send(at);
    await leased(at, id);
    at.host.outcome(at.account, id, "failed", "refused");
    await messageIn(at.key, id, "failed");
  }
  const queue = await call(`/v1/accounts/${at.account}/queue`, { key: at.key });
  expect(await queue.json()).toMatchObject({ state: "paused" });
  const health = await call(`/v1/accounts/${at.account}/health`, { key: at.key });
  expect(await health.json()).toMatchObject({
    score: 50,
    consecutive_failures: 10,
    reasons: [{ code: "too_many_failures" }],
  });
  const events = await journalOf(at.key, at.account);
  expect(events.map(({ type }) => type)).toContain("account.health_changed");
});

test("an estimate is given only while something goes out, or when the quota has room", async () => {
  const at = await givenQuiet();
  const first = await send(at);
  expect(first.estimated_at).toBe(first.created_at);
  const queue = `/v1/accounts/${at.account}/queue`;
  await call(queue, { key: at.key, method: "PUT", body: { state: "paused" } });
  const held = await send(at);
  expect([held.state, held.estimated_at]).toEqual(["accepted", null]);
  expect((await readMessage(at.key, held.id)).estimated_at).toBeNull();
  const later = new Date(Date.now() + 3_600_000).toISOString();
  expect((await send(at, { send_at: later })).estimated_at).toBeNull();

  const path = `/v1/accounts/${at.account}/limits`;
  const limits = await (await call(path, { key: at.key })).json<object>();
  await call(path, { key: at.key, method: "PUT", body: { ...limits, per_minute: 1 } });
  at.host.outcome(at.account, first.id);
  await messageIn(at.key, first.id, "sent");
  await call(queue, { key: at.key, method: "PUT", body: { state: "active" } });
  const waiting = await readMessage(at.key, held.id);
  expect(waiting.state).toBe("accepted");
  const inMs = Date.parse(waiting.estimated_at ?? "") - Date.now();
  expect(inMs).toBeGreaterThan(30_000);
  expect(inMs).toBeLessThanOrEqual(61_000);
  expect((await send(at, { send_at: later })).estimated_at).toBe(later);
});

test("limits hold, and the queue says what it waits for", async () => {
  const at = await givenQuiet();
  const path = `/v1/accounts/${at.account}/limits`;
  const limits = await (await call(path, { key: at.key })).json<object>();
  const set = { ...limits, per_minute: 2, lane_shares: { direct: 100, campaign: 100 } };
  await call(path, { key: at.key, method: "PUT", body: set });
  for (let i = 0; i < 5; i++) await send(at);
  await vi.waitFor(() => expect(at.host.leased(at.account)).toHaveLength(2));
  for (const { id } of at.host.leased(at.account)) at.host.outcome(at.account, id);
  await at.host.settled();
  const queue = await (await call(`/v1/accounts/${at.account}/queue`, { key: at.key })).json();
  expect(queue).toMatchObject({ counts: { accepted: 3 }, waiting_for: { code: "quota_minute" } });
  expect(at.host.leased(at.account)).toHaveLength(2);
});

test("messages are listed newest first, over all accounts, page by page, each once", async () => {
  const host = await new FakeHost().connect();
  const one = await givenConnected(host);
  const second = await givenAccount(one, "Second");
  await linkOn(host, one, second.id, "4915100000003");
  const sent: string[] = [];
  for (let i = 0; i < 7; i++) {
    const account = i % 2 === 0 ? one.account : second.id;
    sent.push((await send({ key: one.key, account }, { to: `+551199999000${i}` })).id);
  }
  const seen: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query = cursor === "" ? "" : `&cursor=${cursor}`;
    const response = await call(`/v1/messages?limit=3${query}`, { key: one.key });
    const page: { data: Message[]; next_cursor: string | null } = await response.json();
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  expect(new Set(seen)).toEqual(new Set(sent));
  expect(seen).toHaveLength(sent.length);
});
