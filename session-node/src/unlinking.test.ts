import { afterEach, beforeEach, expect, test } from "vitest";
import { World } from "../test/given.ts";

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  world.edge.assertRulesKept();
  await world[Symbol.asyncDispose]();
});

const longPause = { firstMs: 60_000, capMs: 60_000 };

async function companions(number: string): Promise<number> {
  const phone = (await world.control("GET", `/phones/${number}`)) as { companions: unknown[] };
  return phone.companions.length;
}

test("unlinking while the account waits to reconnect removes the device at WhatsApp", async () => {
  const { edge } = world;
  await world.host({ reconnectPause: longPause });
  const { account, number } = await world.linked();
  await world.fault({ kind: "drop", number, count: 1 });
  await edge.expect("session", account, { state: "reconnecting" });
  edge.stop(account, "logout");
  await edge.expect("session", account, { state: "ended", reason: "unlinked_by_us" });
  expect(await companions(number)).toBe(0);
});

test("unlinking while the account connects removes the device at WhatsApp", async () => {
  const { edge } = world;
  await world.host();
  const { account, number } = await world.linked();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended", epoch: 1 });
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connecting", epoch });
  edge.stop(account, "logout");
  await edge.expect("session", account, { state: "ended", reason: "unlinked_by_us", epoch });
  expect(await companions(number)).toBe(0);
});

test("a device that could not be unlinked is not called unlinked", async () => {
  const { edge } = world;
  await world.host({ reconnectPause: longPause, unlinkMs: 300 });
  const { account, number } = await world.linked();
  await world.fault({ kind: "refuse_upgrade", status: 503 });
  await world.fault({ kind: "drop", number, count: 1 });
  await edge.expect("session", account, { state: "reconnecting" });
  edge.stop(account, "logout");
  await edge.expect("session", account, { state: "ended", reason: null });
  expect(world.log.map(({ event }) => event)).toContain("session.not_unlinked");
  expect(await companions(number)).toBe(1);
});
