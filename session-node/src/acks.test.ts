import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, World } from "../test/given.ts";

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.host({ ackDeadlineMs: 700 });
});
afterEach(async () => {
  await world.control("DELETE", "/faults");
  world.edge.assertRulesKept();
});
afterAll(() => world[Symbol.asyncDispose]());

test("a lost ack is unconfirmed, never sent, until the receipt settles it", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone({ receipts: "none" });
  await world.fault({ kind: "ack_lost", number, count: 1 });
  const message = world.send(account, phone);
  const outcome = await edge.expect("outcome", account, { message: message.id });
  expect(outcome).toMatchObject({ result: "unconfirmed", error: { code: "no_ack" } });
  await world.control("POST", `/phones/${phone}/read`, { wa_id: message.wa_id });
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
});

test("a late ack settles what was called unconfirmed", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone({ receipts: "none" });
  await world.fault({ kind: "ack_late", ms: 1_500, number, count: 1 });
  const message = world.send(account, phone);
  await edge.expect("outcome", account, { message: message.id, result: "unconfirmed" });
  await expect(
    edge.expect("outcome", account, { message: message.id, result: "sent" }),
  ).resolves.toBeDefined();
});

test("another attempt of an unconfirmed message goes out under the same id", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone({ receipts: "none" });
  await world.fault({ kind: "ack_lost", number, count: 1 });
  const message = world.send(account, phone);
  await edge.expect("outcome", account, { message: message.id, result: "unconfirmed" });
  edge.lease(account, [{ ...message, attempt: 2 }]);
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  expect(await world.inbox(phone)).toMatchObject([{ wa_id: message.wa_id }]);
});

test("a connection that has gone deaf is renewed when acks stay out", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  const before = world.send(account, phone);
  await edge.expect("outcome", account, { message: before.id, result: "sent" });
  await world.fault({ kind: "silence", number, count: 1 });
  const message = world.send(account, phone);
  await edge.expect("outcome", account, { message: message.id, result: "unconfirmed" });
  await edge.expect("session", account, { state: "reconnecting", reason: "not_answering" });
  await eventually(() => expect(edge.of("session", account).at(-1)?.state).toBe("connected"));
});

test("a look-up that a lost connection left unanswered holds nothing up on the next one", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  const before = world.send(account, phone);
  await edge.expect("outcome", account, { message: before.id, result: "sent" });
  await world.fault({ kind: "silence", number, count: 1 });
  const lost = world.send(account, phone);
  const later = world.send(account, await world.phone());
  await edge.expect("outcome", account, { message: lost.id, result: "unconfirmed" });
  await expect(
    edge.expect("outcome", account, { message: later.id, result: "sent" }),
  ).resolves.toBeDefined();
});
