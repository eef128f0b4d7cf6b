import { ClearedQueue, Queue } from "@roost/contract/queue";
import { BatchAnswer, Message } from "@roost/contract/messages";
import { afterAll, beforeAll, expect, test } from "vitest";
import { givenLinked, givenWorld, until, type World } from "./given.ts";

let world: World;
let account: `acc_${string}`;
const OWNER = "15550400001";
beforeAll(async () => {
  world = await givenWorld();
  account = await givenLinked(world, OWNER);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const setQueue = (state: string): Promise<Queue> =>
  world.api.call(Queue, `/v1/accounts/${account}/queue`, { method: "PUT", body: { state } });

async function sendBatch(messages: object[], idempotencyKey: string): Promise<Message[]> {
  const { data } = await world.api.call(BatchAnswer, "/v1/messages/batch", {
    method: "POST",
    body: { messages },
    idempotencyKey,
  });
  return data.flatMap(({ message }) => message ?? []);
}

test("once a pause is answered, no more than the message in hand arrives", async () => {
  const to = "15550400002";
  await world.phones.post("/phones", { number: to });
  const messages = Array.from({ length: 200 }, (_, i) => ({
    account,
    to: `+${to}`,
    text: { body: `number ${i}, with something to type` },
  }));
  expect(await sendBatch(messages, "pause")).toHaveLength(200);
  const arrived = async () => (await world.phones.messages(to)).length;
  await until(async () => (await arrived()) >= 3);
  await setQueue("paused");
  const atPause = await arrived();
  // Whatever was in hand has its outcome; then nothing is leased, and nothing more arrives.
  const queue = () => world.api.call(Queue, `/v1/accounts/${account}/queue`);
  await until(async () => (await queue()).counts.leased === 0);
  expect((await arrived()) - atPause).toBeLessThanOrEqual(1);
  const cleared = await world.api.call(ClearedQueue, `/v1/accounts/${account}/queue/clear`, {
    method: "POST",
    body: { filter: { to: `+${to}` } },
  });
  expect(cleared.begun).toBe(0);
  expect(cleared.cancelled + (await arrived())).toBe(200);
  await setQueue("active");
});

test("a text is edited and then deleted for everyone on the phone that got it", async () => {
  const to = "15550400003";
  await world.phones.post("/phones", { number: to });
  const { id } = await world.api.send({ account, to, text: { body: "at 8" }, pace: "asap" });
  await until(async () =>
    (await world.api.message(id)).states.some(({ state }) => state === "sent"),
  );
  await world.api.call(Message, `/v1/messages/${id}`, {
    method: "PATCH",
    body: { text: { body: "at 9" } },
  });
  await until(async () => (await world.api.message(id)).edited_at !== null);
  expect((await world.phones.messages(to))[0]).toMatchObject({ type: "text", text: "at 9" });
  await world.api.call(Message, `/v1/messages/${id}`, { method: "DELETE" });
  await until(async () => (await world.api.message(id)).revoked_at !== null);
  expect((await world.phones.messages(to))[0]).toMatchObject({ type: "revoked", text: null });
  const types = (await world.api.events(account)).map(({ type }) => type);
  expect(types.slice(types.indexOf("message.edited"))).toContain("message.revoked");
});
