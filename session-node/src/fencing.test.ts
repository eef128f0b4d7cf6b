import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually, World } from "../test/given.ts";

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  world.edge.assertRulesKept();
});

/** A host that is quick to notice that nobody hears it. */
const quick = { pingEveryMs: 50, workLeaseMs: 200, edgeSilentMs: 5_000, letGoMs: 700 };

async function connections(): Promise<number> {
  const stats = (await world.control("GET", "/stats")) as { connections: number };
  return stats.connections;
}

test("a host that the edge cannot hear begins nothing, although it hears the edge", async () => {
  const { edge } = world;
  await world.host({ ...quick, letGoMs: 60_000 });
  const { account } = await world.linked();
  const phone = await world.phone();
  const message = edge.message(account, phone, { not_before: Date.now() + 600 });
  edge.lease(account, [message]);
  edge.isDeaf = true;
  // What the edge says reaches it all the while, and proves nothing.
  const talking = setInterval(() => edge.send({ type: "ack", n: 1 }), 50);
  await eventually(() => expect(Date.now()).toBeGreaterThan(message.not_before + 600));
  clearInterval(talking);
  expect(await world.timesSeen(message.wa_id)).toBe(0);
  edge.isDeaf = false;
  edge.disconnect();
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
});

test("a message that is being typed when the edge is lost is not sent before the edge is there again", async () => {
  const { edge } = world;
  await world.host({ ...quick, letGoMs: 60_000 });
  const { account } = await world.linked();
  const message = world.send(account, await world.phone(), { typing_ms: 1_200 });
  const typedBy = Date.now() + 1_200;
  await eventually(() => expect(Date.now()).toBeGreaterThan(typedBy - 900));
  edge.isAway = true;
  edge.disconnect();
  await eventually(() => expect(Date.now()).toBeGreaterThan(typedBy + 800));
  expect(await world.timesSeen(message.wa_id)).toBe(0);
  edge.isAway = false;
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  expect(await world.timesSeen(message.wa_id)).toBe(1);
});

test("a host that is not heard for long lets WhatsApp go, and logs in again only when believed", async () => {
  const { edge } = world;
  await world.host(quick);
  const { account } = await world.linked();
  expect(await connections()).toBe(1);
  edge.isAway = true;
  edge.disconnect();
  await eventually(async () => expect(await connections()).toBe(0));
  // Its pause between two tries is over long before this, and it may not try.
  const until = Date.now() + 1_000;
  await eventually(() => expect(Date.now()).toBeGreaterThan(until));
  expect(await connections()).toBe(0);
  edge.isAway = false;
  await eventually(async () => expect(await connections()).toBe(1));
  const { epoch } = edge.account(account);
  await edge.expect("session", account, { state: "connected", epoch });
});

test("a host that was believed lost is told to stop before it connects again", async () => {
  const { edge } = world;
  await world.host(quick);
  const { account } = await world.linked();
  edge.isAway = true;
  edge.disconnect();
  await eventually(async () => expect(await connections()).toBe(0));
  edge.isAway = false;
  await edge.hostConnected();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended" });
  expect(await connections()).toBe(0);
});

test("a full host gives a start back, and keeps what it has", async () => {
  const { edge } = world;
  await world.host({}, { ROOST_HOST_CAPACITY: "1" });
  const { account } = await world.linked();
  const another = edge.newAccount();
  edge.start(another, { method: "qr", phone: null });
  await edge.expect("session", another, { state: "ended", reason: "host_full" });
  const message = world.send(account, await world.phone());
  const { result } = await edge.expect("outcome", account, { message: message.id });
  expect(result).toBe("sent");
  // Its own account may be started anew: that needs no further room.
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
});

test("a host that is drained gives its accounts back and stays, and takes some when resumed", async () => {
  const { edge } = world;
  await world.host();
  const { account } = await world.linked();
  edge.send({ type: "drain" });
  await edge.expect("session", account, { state: "ended", reason: "host_draining" });
  expect(await connections()).toBe(0);
  edge.start(account);
  const refused = await edge.expect("session", account, { state: "ended", epoch: 2 });
  expect(refused.reason).toBe("host_draining");
  expect(edge.beats.at(-1)?.draining).toBe(true);
  edge.send({ type: "resume" });
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
});

test("a session that is asked back finishes what it has begun, then ends for another host", async () => {
  const { edge } = world;
  await world.host();
  const { account } = await world.linked();
  const begun = world.send(account, await world.phone(), { typing_ms: 200 });
  await eventually(() => expect(edge.framesTaken).toBeGreaterThan(0));
  edge.send({ type: "release", account, epoch: edge.account(account).epoch });
  await edge.expect("session", account, { state: "ended", reason: "host_moved" });
  const { result } = await edge.expect("outcome", account, { message: begun.id });
  expect(await world.timesSeen(begun.wa_id)).toBe(result === "sent" ? 1 : 0);
});
