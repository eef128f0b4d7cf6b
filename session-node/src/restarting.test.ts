import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually, World } from "../test/given.ts";

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  world.edge.assertRulesKept();
  await world[Symbol.asyncDispose]();
});

test("a restarted host brings the account back without a scan, and its first send works", async () => {
  const { edge } = world;
  const first = await world.host();
  const { account } = await world.linked();
  const phone = await world.phone();
  const before = world.send(account, phone);
  await edge.expect("outcome", account, { message: before.id, result: "sent" });
  await world.leave(first);
  await edge.expect("session", account, { state: "ended", reason: "host_draining" });

  await world.host();
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
  const after = world.send(account, phone);
  await edge.expect("outcome", account, { message: after.id, result: "sent" });
  expect((await world.inbox(phone)).map(({ wa_id }) => wa_id)).toEqual([before.wa_id, after.wa_id]);
  expect(edge.hellos[0]?.incarnation).not.toBe(edge.hellos[1]?.incarnation);
});

test("an edge that breaks off in the middle of sends gets every outcome once, in order", async () => {
  const { edge } = world;
  await world.host();
  const { account } = await world.linked();
  const phone = await world.phone();
  const messages = Array.from({ length: 120 }, () => edge.message(account, phone));
  edge.lease(account, messages);
  await edge.expect("outcome", account, { message: messages[10]?.id });
  edge.isHoldingAcks = true;
  edge.disconnect();
  await edge.hostConnected();
  await edge.expect("outcome", account, { message: messages[60]?.id });
  edge.disconnect();
  await edge.hostConnected();
  edge.releaseAcks();
  await edge.expect("outcome", account, { message: messages.at(-1)?.id ?? messages[0]?.id });
  const outcomes = edge.of("outcome", account);
  expect(outcomes.map(({ message }) => message)).toEqual(messages.map(({ id }) => id));
  expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(["sent"]));
  // The session itself did not notice.
  expect(edge.of("session", account).filter(({ state }) => state === "connected")).toHaveLength(1);
});

test("after a reconnect the host announces what runs, and a repeated start changes nothing", async () => {
  const { edge } = world;
  await world.host();
  const { account } = await world.linked();
  edge.disconnect();
  await edge.hostConnected();
  expect(edge.hellos.at(-1)?.sessions).toEqual([{ account, epoch: 1 }]);
  edge.send({ type: "start", account, epoch: 1, link: null, credentials: null });
  const message = world.send(account, await world.phone());
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  expect(edge.of("session", account).filter(({ state }) => state === "connecting")).toHaveLength(1);
});

test("a session whose epoch is stale ends when it asks for keys", async () => {
  const { edge } = world;
  await world.host({ keyColdMs: 0 });
  const { account } = await world.linked();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended" });
  const epoch = edge.start(account);
  edge.account(account).epoch += 1;
  const ended = await edge.expect("session", account, { state: "ended", epoch });
  expect(ended.reason).toBe("replaced");
});

test("a stop for an older epoch leaves the newer session alone", async () => {
  const { edge } = world;
  await world.host();
  const { account } = await world.linked();
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
  edge.stop(account, "close", epoch - 1);
  const message = world.send(account, await world.phone());
  const outcome = await edge.expect("outcome", account, { message: message.id, result: "sent" });
  expect(outcome.epoch).toBe(epoch);
});

test("a message that an earlier session of this process sent is not sent by the next one", async () => {
  const { edge } = world;
  await world.host();
  const { account } = await world.linked();
  const message = world.send(account, await world.phone());
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
  edge.lease(account, [{ ...message, attempt: 2 }]);
  const outcome = await edge.expect("outcome", account, { message: message.id, epoch });
  expect(outcome.result).toBe("sent");
  expect(await world.timesSeen(message.wa_id)).toBe(1);
});

test("a stop for a session that is not here is silent: the edge may be told nothing it did not ask", async () => {
  const { edge } = world;
  await world.host();
  const account = edge.newAccount();
  edge.account(account).epoch = 4;
  edge.stop(account, "close");
  const { account: another } = await world.linked();
  await edge.expect("session", another, { state: "connected" });
  expect(edge.of("session", account)).toEqual([]);
});

test("a draining host finishes what it has begun, gives the rest back, and says that it leaves", async () => {
  const { edge } = world;
  const host = await world.host();
  const { account } = await world.linked();
  const phone = await world.phone();
  const before = edge.message(account, phone);
  const begun = edge.message(account, phone, { typing_ms: 300 });
  const later = edge.message(account, phone, { not_before: Date.now() + 60_000 });
  edge.lease(account, [before, begun, later]);
  await edge.expect("outcome", account, { message: before.id, result: "sent" });
  await world.leave(host);
  await edge.expect("outcome", account, { message: begun.id, result: "sent" });
  await edge.expect("outcome", account, { message: later.id, result: "returned" });
  await edge.expect("session", account, { state: "ended", reason: "host_draining" });
  expect(edge.beats.at(-1)?.draining).toBe(true);
});

test("no work is begun while the edge is away for long, and it goes on afterwards", async () => {
  const { edge } = world;
  await world.host({ workLeaseMs: 300, edgeSilentMs: 300, pingEveryMs: 100 });
  const { account } = await world.linked();
  const phone = await world.phone();
  const message = world.send(account, phone, { not_before: Date.now() + 1_500 });
  await eventually(() => expect(edge.isConnected).toBe(true));
  edge.isAway = true;
  edge.disconnect();
  await eventually(() => expect(Date.now()).toBeGreaterThan(message.not_before + 300));
  expect(await world.timesSeen(message.wa_id)).toBe(0);
  edge.isAway = false;
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
});

test("keys that the edge does not answer for are asked for again, and the account sends", async () => {
  const { edge } = world;
  await world.host({ keysAgainMs: 100 });
  const { account } = await world.linked();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended" });
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
  edge.ignoredKeyRequests = 5;
  const message = world.send(account, await world.phone());
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  expect(edge.ignoredKeyRequests).toBe(0);
});

test("a login asks for its keys once", async () => {
  const { edge } = world;
  await world.host();
  const { account } = await world.linked();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended" });
  const before = edge.keyRequests;
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
  expect(edge.keyRequests - before).toBe(1);
});

test("an edge that takes the connection and says nothing is dialled again", async () => {
  const { edge } = world;
  edge.ignoredHellos = 2;
  await world.host({ welcomeMs: 200 });
  await eventually(() => expect(edge.hellos).toHaveLength(3));
  await expect(world.linked()).resolves.toBeDefined();
});
