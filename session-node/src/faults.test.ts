import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Ending as Way, endings } from "@roost/contract/endings";
import { eventually, World } from "../test/given.ts";

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.host({ quietMs: 700, probeAnswerMs: 500, sweepEveryMs: 200, standingAfterMs: 20 });
});
afterEach(async () => {
  await world.control("DELETE", "/faults");
  world.edge.assertRulesKept();
});
afterAll(() => world[Symbol.asyncDispose]());

type Account = Parameters<World["edge"]["of"]>[1];

async function expectReconnected(account: Account, reason: string): Promise<void> {
  const { edge } = world;
  await eventually(() => {
    const states = edge.of("session", account);
    const brokenAt = states.findLastIndex((report) => report.reason === reason);
    expect(brokenAt).toBeGreaterThan(-1);
    expect(states.slice(brokenAt).map(({ state }) => state)).toContain("connected");
  });
}

async function expectToSend(account: Account): Promise<void> {
  const message = world.send(account, await world.phone());
  await world.edge.expect("outcome", account, { message: message.id, result: "sent" });
}

test("a frame that cannot be read renews that one session and leaves its neighbour alone", async () => {
  const { edge } = world;
  const neighbour = await world.linked();
  const { account, number } = await world.linked();
  await world.fault({ kind: "bad_frame", number, count: 1 });
  await expectReconnected(account, "bad_frame");
  await expectToSend(account);
  await expectToSend(neighbour.account);
  const states = edge.of("session", neighbour.account).map(({ state }) => state);
  expect(states.filter((state) => state === "connected")).toHaveLength(1);
});

test("a refused upgrade is noticed at once and tried again", async () => {
  const { account, number } = await world.linked();
  await world.fault({ kind: "refuse_upgrade", status: 503, count: 2 });
  await world.fault({ kind: "drop", number, count: 1 });
  await expectReconnected(account, "connection_refused");
  await expectToSend(account);
});

test("a dropped connection comes back, and what was waiting goes out once", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  const messages = Array.from({ length: 40 }, () => edge.message(account, phone));
  edge.lease(account, messages);
  await edge.expect("outcome", account, { message: messages[5]?.id, result: "sent" });
  await world.fault({ kind: "drop", number, count: 1 });
  await eventually(() => {
    const settled = edge
      .of("outcome", account)
      .filter(({ result }) => result === "sent" || result === "unconfirmed");
    expect(new Set(settled.map(({ message }) => message)).size).toBe(messages.length);
  });
  for (const { wa_id } of messages) expect(await world.timesSeen(wa_id)).toBeLessThanOrEqual(1);
});

test.each([
  [{ kind: "logged_out" }, "logged_out_by_phone"],
  [{ kind: "replaced" }, "replaced"],
  [{ kind: "stream_error", code: 403 }, "banned"],
])("%j ends the session for good: %s", async (fault, reason) => {
  const { account, number } = await world.linked();
  await world.fault({ ...fault, number, count: 1 });
  await world.edge.expect("session", account, { state: "ended" });
  expect(world.edge.of("session", account).at(-1)?.reason).toBe(reason);
});

test.each([503, 500, 429, 515])("stream error %i is survived", async (code) => {
  const { edge } = world;
  const { account, number } = await world.linked();
  await world.fault({ kind: "stream_error", code, number, count: 1 });
  await edge.expect("session", account, { state: "reconnecting", upstream_code: code });
  await eventually(() => expect(edge.of("session", account).at(-1)?.state).toBe("connected"));
});

test.each([
  [402, "temporarily_banned"],
  [405, "client_outdated"],
])("a login that is refused with %i ends the session: %s", async (code, reason) => {
  const { edge } = world;
  const { account, number } = await world.linked();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended", epoch: 1 });
  await world.fault({ kind: "failure", code, number, count: 1 });
  const epoch = edge.start(account);
  const ended = await edge.expect("session", account, { state: "ended", epoch });
  expect(ended).toMatchObject({ reason, upstream_code: code });
});

/** Every code of WhatsApp's, as a refused login of a linked account and in the middle of a session. */
const codes = Object.values<Way>(endings).flatMap((way) =>
  way.codes.map((code) => ({ code, way, isFinal: ["never", "when_over"].includes(way.again) })),
);

test.each(codes)("a login refused with $code does what its row says", async (given) => {
  const { edge } = world;
  const { account, number } = await world.linked();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended", epoch: 1 });
  await world.fault({ kind: "failure", code: given.code, number, count: 1 });
  const epoch = edge.start(account);
  const state = given.isFinal ? "ended" : "reconnecting";
  const told = await edge.expect("session", account, { state, epoch, upstream_code: given.code });
  expect(told.reason).toBe(given.way.reason);
  if (!given.isFinal) await edge.expect("session", account, { state: "connected", epoch });
});

test("a ban for a time is told with its end", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended", epoch: 1 });
  await world.fault({ kind: "failure", code: 402, expire: 3_600, number, count: 1 });
  const epoch = edge.start(account);
  const { until, at } = await edge.expect("session", account, { state: "ended", epoch });
  expect((until ?? 0) - at).toBeGreaterThan(3_590_000);
  expect((until ?? 0) - at).toBeLessThanOrEqual(3_600_000);
});

test("a connection that is quiet and answers no probe is renewed; one that answers is left alone", async () => {
  const { edge } = world;
  const neighbour = await world.linked();
  const { account, number } = await world.linked();
  await world.fault({ kind: "silence", number, count: 1 });
  await expectReconnected(account, "not_answering");
  await expectToSend(account);
  await expectToSend(neighbour.account);
  expect(edge.of("session", neighbour.account).map(({ state }) => state)).not.toContain(
    "reconnecting",
  );
});

test("a refused new chat is told with WhatsApp's reason: the lock, and how full the cap is", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const known = await world.phone();
  const before = world.send(account, known);
  await edge.expect("outcome", account, { message: before.id, result: "sent" });
  await world.fault({ kind: "new_chat_cap", used: 1, total: 1, number });
  const cold = world.send(account, await world.phone());
  const refused = await edge.expect("outcome", account, { message: cold.id, result: "failed" });
  expect(refused.error?.code).toBe("restricted");
  await eventually(() => {
    const caps = edge.of("standing", account).flatMap((told) => told.new_chat_cap ?? []);
    expect(caps.at(-1)).toMatchObject({ used: 1, total: 1, status: "capped" });
  });
  const reply = world.send(account, known);
  await edge.expect("outcome", account, { message: reply.id, result: "sent" });
});

test("after a login WhatsApp is asked how the number stands, once and without a change of state", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  await eventually(() => {
    const told = edge.of("standing", account);
    expect(told.some(({ time_lock }) => time_lock?.is_active === false)).toBe(true);
    expect(told.some(({ new_chat_cap }) => new_chat_cap?.status === "none")).toBe(true);
  });
  const states = edge.of("session", account).map(({ state }) => state);
  expect(states).toEqual(["connecting", "connected"]);
});

test("what comes from the owner's own phone shows that it is there, told once in a while", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const contact = await world.phone();
  const seen = () => edge.of("phone_seen", account).length;
  await eventually(() => expect(seen()).toBe(1));
  for (const text of ["one", "two"]) {
    await world.control("POST", `/phones/${number}/messages`, { to: contact, text });
  }
  await eventually(() => {
    const typed = edge.of("received", account).filter(({ from_me }) => from_me);
    expect(typed).toHaveLength(2);
  });
  expect(seen()).toBe(1);
});

test("a time lock is told with its end, and its end is told, while the session goes on", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await world.fault({ kind: "time_lock", number, until });
  const isLocked = () => edge.of("standing", account).at(-1)?.time_lock;
  await eventually(() =>
    expect(isLocked()).toEqual({
      is_active: true,
      until: Math.floor(Date.parse(until) / 1_000) * 1_000,
      kind: "WEB_COMPANION_ONLY",
    }),
  );
  await world.control("DELETE", "/faults");
  await eventually(() => expect(isLocked()).toMatchObject({ is_active: false, until: null }));
  const states = edge.of("session", account).map(({ state }) => state);
  expect(states).toEqual(["connecting", "connected"]);
});
