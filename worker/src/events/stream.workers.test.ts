import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Event } from "@roost/contract/events";
import type { Id } from "@roost/contract/ids";
import { afterEach, expect, test, vi } from "vitest";
import { givenAccount } from "../../test/workers/given-account.ts";
import { call, freshId, givenKey, givenTenant } from "../../test/workers/given.ts";
import { accountStub } from "../accounts/account-stub.ts";
import { MAX_STREAMS } from "../tenants/live-streams.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";

const open: AbortController[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.abort();
});

type Credential = { key: string } | { session: string };

/** Listens and collects events until the test ends. */
async function listen(credential: Credential, query = "", lastEventId?: string) {
  const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const response = await call(`/v1/events/stream${query}`, { ...credential, headers });
  const events: Event[] = [];
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const leave = async () => reader?.cancel().catch(() => undefined);
  const facts = { response, events, isOver: false, text: "", leave };
  const stop = new AbortController();
  stop.signal.addEventListener("abort", () => void leave());
  open.push(stop);
  void (async () => {
    let rest = "";
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: "" };
      if (done) break;
      facts.text += value;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, data] = /^data: (.*)$/m.exec(block) ?? [];
        if (data !== undefined) events.push(Event.parse(JSON.parse(data)));
      }
    }
    facts.isOver = true;
  })().catch(() => (facts.isOver = true));
  return facts;
}

/** Makes an event of the account: starting and ending to link is journaled. */
async function makeEvent(key: string, account: Id<"account">): Promise<void> {
  await call(`/v1/accounts/${account}/link`, { key, body: { method: "qr" } });
  await call(`/v1/accounts/${account}/unlink`, { key, method: "POST" });
}

async function journal(key: string, account: Id<"account">): Promise<number[]> {
  const answer = await call(`/v1/events?account=${account}&limit=100`, { key });
  const { data } = await answer.json<{ data: Event[] }>();
  return data.map(({ seq }) => seq);
}

const seqs = ({ events }: { events: Event[] }): number[] => events.map(({ seq }) => seq);

test("a stream says what happens, as server-sent events", async () => {
  const person = await givenTenant();
  const { id } = await givenAccount(person);
  const stream = await listen(person, `?account=${id}`);
  expect(stream.response.status).toBe(200);
  expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
  expect(stream.response.headers.get("cache-control")).toBe("no-store");
  await makeEvent(person.key, id);
  await vi.waitFor(() => expect(stream.events.length).toBeGreaterThan(0));
  const [first] = stream.events;
  expect(stream.text).toContain(`id: ${first?.id}\nevent: ${first?.type}\ndata: {`);
});

test("a browser listens with its session", async () => {
  const person = await givenTenant();
  const { id } = await givenAccount(person);
  const stream = await listen({ session: person.session });
  await makeEvent(person.key, id);
  await vi.waitFor(() => expect(stream.events.length).toBeGreaterThan(0));
});

test("a stream of all accounts hears an account that is made while it is open", async () => {
  const person = await givenTenant();
  const stream = await listen(person);
  const { id } = await givenAccount(person);
  await makeEvent(person.key, id);
  await vi.waitFor(() => expect(stream.events.map(({ account }) => account)).toContain(id));
});

test("a reconnect misses nothing that happened meanwhile", async () => {
  const person = await givenTenant();
  const { id } = await givenAccount(person);
  await makeEvent(person.key, id);
  const all = await call(`/v1/events?account=${id}`, { key: person.key });
  const [first] = (await all.json<{ data: Event[] }>()).data;
  await makeEvent(person.key, id);
  const stream = await listen(person, `?account=${id}`, first?.id);
  await makeEvent(person.key, id);
  const expected = (await journal(person.key, id)).filter((seq) => seq > (first?.seq ?? 0));
  await vi.waitFor(() => expect(seqs(stream)).toEqual(expected));
});

test("another tenant's events are never heard, and its account is no different from nonsense", async () => {
  const [mine, other] = [await givenTenant(), await givenTenant()];
  const foreign = await givenAccount(other);
  const own = await givenAccount(mine);
  const stream = await listen(mine);
  await makeEvent(other.key, foreign.id);
  await makeEvent(mine.key, own.id);
  await vi.waitFor(() => expect(stream.events.length).toBeGreaterThan(0));
  expect(new Set(stream.events.map(({ account }) => account))).toEqual(new Set([own.id]));
  const bodies = await Promise.all(
    [foreign.id, freshId("account")].map(async (id) => {
      const refused = await call(`/v1/events/stream?account=${id}`, { key: mine.key });
      expect(refused.status).toBe(404);
      return { ...(await refused.json<object>()), request_id: "" };
    }),
  );
  expect(bodies[0]).toEqual(bodies[1]);
});

test("a key bound to accounts hears those alone", async () => {
  const person = await givenTenant();
  const [one, other] = [await givenAccount(person), await givenAccount(person)];
  const { key } = await givenKey(person.tenantId, { accounts: [one.id] });
  const stream = await listen({ key });
  await makeEvent(person.key, other.id);
  await makeEvent(person.key, one.id);
  await vi.waitFor(() => expect(stream.events.length).toBeGreaterThan(0));
  expect(new Set(stream.events.map(({ account }) => account))).toEqual(new Set([one.id]));
  expect((await call(`/v1/events/stream?account=${other.id}`, { key })).status).toBe(404);
});

test("a stream ends at once when its key is revoked", async () => {
  const person = await givenTenant();
  const { key, keyId } = await givenKey(person.tenantId);
  const stream = await listen({ key });
  await call(`/v1/keys/${keyId}`, { key: person.key, method: "DELETE" });
  await vi.waitFor(() => expect(stream.isOver).toBe(true));
});

test("a stream ends at once when its person logs out", async () => {
  const { session } = await givenTenant();
  const stream = await listen({ session });
  await call("/v1/auth/web-session", { session, method: "DELETE" });
  await vi.waitFor(() => expect(stream.isOver).toBe(true));
});

test("a tenant has so many streams and no more, and a closed one makes room", async () => {
  const person = await givenTenant();
  const streams = await Promise.all(Array.from({ length: MAX_STREAMS }, () => listen(person)));
  expect(streams.every(({ response }) => response.status === 200)).toBe(true);
  const refused = await call("/v1/events/stream", { key: person.key });
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ code: "rate_limited", retry_after: 30 });
  await tenantStub(env, person.tenantId).endStreams(person.keyId);
  const again = await listen(person);
  expect(again.response.status).toBe(200);
});

test("an account that left the memory between two events is still heard", async () => {
  const person = await givenTenant();
  const { id } = await givenAccount(person);
  const stream = await listen(person);
  await evictDurableObject(accountStub(env, id));
  await makeEvent(person.key, id);
  await vi.waitFor(async () => expect(seqs(stream)).toEqual(await journal(person.key, id)));
});

test("an account stops telling the stream once nobody listens, until somebody does", async () => {
  const person = await givenTenant();
  const { id } = await givenAccount(person);
  const stream = await listen(person);
  const isTelling = () =>
    runInDurableObject(accountStub(env, id), (_, { storage }) => storage.kv.get("watchedUntil"));
  expect(await isTelling()).toBeGreaterThan(Date.now());
  await stream.leave();
  await vi.waitFor(async () => {
    await makeEvent(person.key, id);
    expect(await isTelling()).toBeUndefined();
  });

  const next = await listen(person);
  const before = await journal(person.key, id);
  await makeEvent(person.key, id);
  const after = (await journal(person.key, id)).slice(before.length);
  await vi.waitFor(() => expect(seqs(next)).toEqual(after));
});
