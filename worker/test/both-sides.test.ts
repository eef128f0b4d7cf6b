import { afterAll, beforeAll, expect, test } from "vitest";
import { givenLinked, givenWorld, until, type World } from "./given.ts";

let world: World;
let account: `acc_${string}`;
const OWNER = "15550300001";
beforeAll(async () => {
  world = await givenWorld();
  account = await givenLinked(world, OWNER);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Texts that the account's journal has from this person, in order. */
async function receivedFrom(phone: string): Promise<string[]> {
  const texts: string[] = [];
  for (const event of await world.api.events(account)) {
    if (event.type !== "message.received") continue;
    if (event.data.from === `+${phone}`) texts.push(event.data.text?.body ?? "");
  }
  return texts;
}

test("a message arrives decrypted, and its ticks follow", async () => {
  const to = "15550300002";
  const body = "Grüße, 你好, 👋🏽\nand a second line";
  const { id } = await world.api.send({ account, to: `+${to}`, text: { body } });
  await until(async () => (await world.api.message(id)).state === "read");
  const [arrived] = await world.phones.messages(to);
  const message = await world.api.message(id);
  expect(arrived).toMatchObject({ from: OWNER, to, text: body, wa_id: message.wa_id });
  expect(message.states.map(({ state }) => state)).toEqual(
    expect.arrayContaining(["accepted", "sent", "delivered", "read"]),
  );
});

test.each(["pn", "lid"])(
  "content is equal on both sides with %s-addressed contacts",
  async (addressing) => {
    const contact = addressing === "pn" ? "15550300003" : "15550300004";
    await world.phones.post("/phones", { number: contact, name: "Contact" });
    await world.phones.put(`/phones/${contact}`, { addressing });
    await world.phones.post(`/phones/${contact}/messages`, { to: OWNER, text: "to you" });
    await until(async () => (await receivedFrom(contact)).length === 1);
    await world.api.send({ account, to: contact, text: { body: "and back" } });
    await until(async () => (await world.phones.messages(contact)).length === 2);
    await world.phones.post(`/phones/${contact}/messages`, { to: OWNER, text: "again" });
    await until(async () => (await receivedFrom(contact)).length === 2);
    expect(await receivedFrom(contact)).toEqual(["to you", "again"]);
    const texts = (await world.phones.messages(contact)).map(({ text }) => text);
    expect(texts).toEqual(["to you", "and back", "again"]);
    const chats = (await world.api.chats(account)).data;
    expect(chats.filter(({ phone }) => phone === `+${contact}`)).toHaveLength(1);
  },
);

test("a second account of the same phone sees both directions", async () => {
  const second = await givenLinked(world, OWNER);
  const contact = "15550300005";
  await world.api.send({ account, to: contact, text: { body: "from the first" } });
  await world.phones.post(`/phones/${contact}/messages`, { to: OWNER, text: "to both" });
  await world.phones.post(`/phones/${OWNER}/messages`, { to: contact, text: "typed on the phone" });
  const texts = ["from the first", "to both", "typed on the phone"].toSorted();
  for (const companion of [account, second]) {
    await until(async () => {
      const found: string[] = [];
      for (const event of await world.api.events(companion)) {
        if (event.type !== "message.received" && event.type !== "message.sent") continue;
        const peer = event.data.direction === "inbound" ? event.data.from : event.data.to;
        if (peer === `+${contact}`) found.push(event.data.text?.body ?? "");
      }
      return JSON.stringify(found.toSorted()) === JSON.stringify(texts);
    });
  }
});

test("what was written while the host was away arrives when it is back, in order", async () => {
  const contact = "15550300006";
  world.stack.hosts[0].kill("SIGKILL");
  const written = Array.from({ length: 20 }, (_, number) => `offline ${number}`);
  for (const text of written) {
    await world.phones.post(`/phones/${contact}/messages`, { to: OWNER, text });
  }
  await until(async () => (await receivedFrom(contact)).length === written.length, 60_000);
  expect(await receivedFrom(contact)).toEqual(written);
});

test("a number that is not on WhatsApp fails and is never called sent", async () => {
  const { id } = await world.api.send({ account, to: "15550300000", text: { body: "anybody?" } });
  await until(async () => (await world.api.message(id)).state === "failed");
  const message = await world.api.message(id);
  expect(message.error).toMatchObject({ code: "not_on_whatsapp", retryable: false });
  expect(message.states.map(({ state }) => state)).not.toContain("sent");
  expect((await world.phones.ledger()).some((row) => row.wa_id === message.wa_id)).toBe(false);
});

test("a vanished ack is unconfirmed until a receipt settles it", async () => {
  const to = "15550300007";
  await world.phones.post("/faults", { kind: "ack_lost", number: OWNER, count: 1 });
  const { id } = await world.api.send({ account, to, text: { body: "did it leave?" } });
  await until(
    async () => ["delivered", "read"].includes((await world.api.message(id)).state),
    60_000,
  );
  await world.phones.delete("/faults");
  const message = await world.api.message(id);
  const rows = (await world.phones.ledger()).filter((row) => row.wa_id === message.wa_id);
  expect(rows).toHaveLength(1);
});
