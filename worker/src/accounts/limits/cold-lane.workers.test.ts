import { Health, HealthHistory } from "@roost/contract/accounts";
import { Queue } from "@roost/contract/queue";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../../test/workers/fake-host.ts";
import { givenConnected, journalOf, messageIn, send } from "../../../test/workers/given-account.ts";
import { call } from "../../../test/workers/given.ts";

afterEach(() => FakeHost.retireAll());

const STRANGER = "+5511999990001";
const FRIEND = "5511999990002";

/** A connected account whose host says nothing by itself, and a friend who has just written to it. */
async function given() {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const at = { host, ...(await givenConnected(host)) };
  host.report(at.account, {
    kind: "received",
    wa_id: crypto.randomUUID(),
    peer: { phone: FRIEND, lid: null },
    from_me: false,
    name: "Friend",
    type: "text",
    text: "hello",
    quoted_wa_id: null,
    at: Date.now(),
  });
  await host.settled();
  return at;
}

type At = Awaited<ReturnType<typeof given>>;

async function leased({ host, account }: At, id: string) {
  await vi.waitFor(() => expect(host.leased(account).map((m) => m.id)).toContain(id), {
    timeout: 5_000,
    interval: 5,
  });
}

async function queueOf({ key, account }: At) {
  return Queue.parse(await (await call(`/v1/accounts/${account}/queue`, { key })).json());
}

const codesTold = async ({ key, account }: At) =>
  (await journalOf(key, account)).flatMap((event) =>
    event.type === "account.health_changed" ? [event.data.reason?.code] : [],
  );

test("a time-lock takes first messages back from the host, and replies go on", async () => {
  const at = await given();
  const cold = await send(at, { to: STRANGER });
  await leased(at, cold.id);
  const until = Date.now() + 3_600_000;
  at.host.report(at.account, {
    kind: "standing",
    time_lock: { is_active: true, until, kind: "BIZ_QUALITY" },
    new_chat_cap: null,
    at: Date.now(),
  });
  const revoke = await at.host.next("revoke", ({ account }) => account === at.account);
  expect(revoke.messages).toEqual([cold.id]);
  at.host.outcome(at.account, cold.id, "returned");
  await messageIn(at.key, cold.id, "accepted");

  const refused = await call("/v1/messages", {
    key: at.key,
    body: { account: at.account, to: "+5511999990003", text: { body: "hello" } },
  });
  expect(refused.status).toBe(423);
  expect(await refused.json()).toMatchObject({ until: new Date(until).toISOString() });
  const campaign = await send(at, { to: `+${FRIEND}`, lane: "campaign" });
  const reply = await send(at, { to: `+${FRIEND}` });
  await leased(at, reply.id);
  at.host.outcome(at.account, reply.id);
  await messageIn(at.key, reply.id, "sent");
  const { lanes } = await queueOf(at);
  expect(lanes.reply.waiting_for).toBeNull();
  for (const lane of [lanes.direct, lanes.campaign]) {
    expect(lane.waiting_for?.code).toBe("time_lock");
    expect(lane.waiting_until).toBe(new Date(until).toISOString());
  }
  expect(at.host.leased(at.account).map(({ id }) => id)).toEqual([cold.id, reply.id]);
  expect(await codesTold(at)).toEqual(["time_lock"]);

  at.host.report(at.account, {
    kind: "standing",
    time_lock: { is_active: false, until: null, kind: null },
    new_chat_cap: null,
    at: Date.now(),
  });
  await leased(at, campaign.id);
  await vi.waitFor(() =>
    expect(at.host.leased(at.account).filter(({ id }) => id === cold.id)).toHaveLength(2),
  );
  expect(await codesTold(at)).toEqual(["time_lock", "time_lock_over"]);
});

test("a first message that WhatsApp refuses with 463 stays refused, and no other is tried for a day", async () => {
  const at = await given();
  const refused = await send(at, { to: STRANGER });
  await leased(at, refused.id);
  at.host.outcome(at.account, refused.id, "failed", "restricted");
  const failed = await messageIn(at.key, refused.id, "failed");
  expect(failed.error).toMatchObject({ code: "restricted", retryable: false });
  const next = await send(at, { to: "+5511999990003" });
  const { lanes } = await queueOf(at);
  expect(lanes.direct.waiting_for?.code).toBe("time_lock");
  expect(Date.parse(lanes.direct.waiting_until ?? "") - Date.now()).toBeGreaterThan(86_000_000);
  expect(at.host.leased(at.account).filter(({ id }) => id === next.id)).toEqual([]);
  const reply = await send(at, { to: `+${FRIEND}` });
  await leased(at, reply.id);
});

test("the health shows what it came to, and why", async () => {
  const at = await given();
  for (let i = 0; i < 3; i++) {
    const { id } = await send(at, { to: `+${FRIEND}` });
    await leased(at, id);
    at.host.outcome(at.account, id, "failed", "refused_by_whatsapp");
    await messageIn(at.key, id, "failed");
  }
  const path = `/v1/accounts/${at.account}/health`;
  const health = Health.parse(await (await call(path, { key: at.key })).json());
  expect(health).toMatchObject({ score: 85, consecutive_failures: 3, plan: null, warm_up: null });
  expect(health.lanes.reply.minute.used).toBe(3);
  expect(health.lanes.direct.minute).toMatchObject({ used: 0, left: 5_400 });
  const { data } = HealthHistory.parse(
    await (await call(`${path}/history`, { key: at.key })).json(),
  );
  expect(data.at(-1)).toMatchObject({ score: 85, reason: null });
});
