import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { newNumber, World } from "../test/given.ts";

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.host();
});
afterEach(async () => {
  await world.control("DELETE", "/faults");
  world.edge.assertRulesKept();
});
afterAll(() => world[Symbol.asyncDispose]());

test("a text arrives decrypted at the phone, and the host says sent, delivered, read", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const phone = await world.phone();
  const message = world.send(account, phone, { text: "hello" });

  const outcome = await edge.expect("outcome", account, { message: message.id });
  const peer = { phone, lid: expect.stringMatching(/^\d+$/) as unknown };
  expect(outcome).toMatchObject({ result: "sent", error: null, peer });
  await edge.expect("receipt", account, { wa_ids: [message.wa_id], type: "delivered" });
  expect(await world.inbox(phone)).toMatchObject([{ wa_id: message.wa_id, text: "hello" }]);
  await world.control("POST", `/phones/${phone}/read`, { wa_id: message.wa_id });
  await edge.expect("receipt", account, { wa_ids: [message.wa_id], type: "read" });
});

test("a number that is not on WhatsApp fails with that reason, and no stanza leaves", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const absent = newNumber();
  await world.control("POST", "/phones", { number: absent });
  await world.control("PUT", `/phones/${absent}`, { on_whatsapp: false });
  const message = world.send(account, absent);
  const outcome = await edge.expect("outcome", account, { message: message.id });
  expect(outcome).toMatchObject({ result: "failed", error: { code: "not_on_whatsapp" } });
  expect(await world.timesSeen(message.wa_id)).toBe(0);
});

test("a lease goes out in its order, each message once, and unknown numbers do not hold up the rest", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const phones = [await world.phone(), await world.phone()];
  const absent = await world.phone({ on_whatsapp: false });
  const messages = Array.from({ length: 30 }, (_, index) =>
    edge.message(account, index === 7 ? absent : (phones[index % 2] ?? ""), { text: `n${index}` }),
  );
  edge.lease(account, messages);
  const last = messages.at(-1);
  await edge.expect("outcome", account, { message: last?.id, result: "sent" });
  const ledger = (await world.control("GET", "/ledger")) as { wa_id: string }[];
  const ours = new Set(messages.map(({ wa_id }) => wa_id));
  const expected = messages.filter((_, index) => index !== 7).map(({ wa_id }) => wa_id);
  expect(ledger.map(({ wa_id }) => wa_id).filter((waId) => ours.has(waId))).toEqual(expected);
});

test("a message waits for its time and shows that somebody types", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const phone = await world.phone();
  const notBefore = Date.now() + 300;
  const message = world.send(account, phone, { not_before: notBefore, typing_ms: 200 });
  const outcome = await edge.expect("outcome", account, { message: message.id });
  expect(outcome.result).toBe("sent");
  expect(outcome.at).toBeGreaterThanOrEqual(notBefore + 200);
});

test("a reply quotes the message it answers", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  await world.control("POST", `/phones/${phone}/messages`, { to: number, text: "how much?" });
  const { wa_id } = await edge.expect("received", account, { text: "how much?" });
  const quoted = { wa_id, from_me: false, text: "how much?" };
  const message = world.send(account, phone, { text: "ten", quoted });
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  const inbox = await world.inbox(phone);
  expect(JSON.stringify(inbox.find((entry) => entry.wa_id === message.wa_id))).toContain(wa_id);
});

test.each([
  [463, "restricted", false],
  [429, "rate_limited_by_whatsapp", true],
  [500, "refused_by_whatsapp", true],
  [479, "refused_by_whatsapp", false],
])("an ack with error %i is a failure: %s", async (code, name, retryable) => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  await world.fault({ kind: "ack_error", code, number, count: 1 });
  const message = world.send(account, phone);
  const outcome = await edge.expect("outcome", account, { message: message.id });
  expect(outcome).toMatchObject({ result: "failed", error: { code: name, retryable } });
});

test("a failure is certain: another attempt is answered with it and not sent", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  await world.fault({ kind: "ack_error", code: 500, number, count: 1 });
  const message = world.send(account, phone);
  await edge.expect("outcome", account, { message: message.id, result: "failed" });
  edge.lease(account, [{ ...message, attempt: 2 }]);
  const another = world.send(account, phone);
  await edge.expect("outcome", account, { message: another.id, result: "sent" });
  const outcomes = edge.of("outcome", account).filter((outcome) => outcome.message === message.id);
  expect(outcomes.map(({ result }) => result)).toEqual(["failed", "failed"]);
  expect(await world.inbox(phone)).toMatchObject([{ wa_id: another.wa_id }]);
});

test("a failed message that somebody wants tried again goes out under its own id", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  await world.fault({ kind: "ack_error", code: 500, number, count: 1 });
  const message = world.send(account, phone);
  await edge.expect("outcome", account, { message: message.id, result: "failed" });
  edge.lease(account, [{ ...message, attempt: 2, retries: 1 }]);
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  expect(await world.inbox(phone)).toMatchObject([{ wa_id: message.wa_id }]);
});

test("a lease that comes twice is answered again and sent once", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const phone = await world.phone();
  const message = world.send(account, phone);
  edge.lease(account, [message]);
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  edge.lease(account, [message]);
  const another = world.send(account, phone);
  await edge.expect("outcome", account, { message: another.id, result: "sent" });
  const outcomes = edge.of("outcome", account).filter((outcome) => outcome.message === message.id);
  expect(outcomes.map(({ result }) => result)).toEqual(["sent", "sent"]);
  expect(await world.timesSeen(message.wa_id)).toBe(1);
});

test("a revoked lease gives back what is not begun, and only that", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const phone = await world.phone();
  const now = world.send(account, phone, { typing_ms: 300 });
  const later = world.send(account, phone, { not_before: Date.now() + 60_000 });
  await edge.expect("receipt", account, {}, 100).catch(() => undefined);
  edge.send({ type: "revoke", account, epoch: 1, messages: null });
  await edge.expect("outcome", account, { message: later.id, result: "returned" });
  await expect(
    edge.expect("outcome", account, { message: now.id, result: "sent" }),
  ).resolves.toBeDefined();
});

test("what could not be begun by its end is given back", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const message = world.send(account, newNumber(), {
    not_before: Date.now() + 10_000,
    give_up_at: Date.now() + 200,
  });
  await expect(
    edge.expect("outcome", account, { message: message.id, result: "returned" }),
  ).resolves.toBeDefined();
});

test("a lease for a session that is not here is given back", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  edge.account(account).epoch = 3;
  const message = world.send(account, newNumber());
  await expect(
    edge.expect("outcome", account, { message: message.id, result: "returned" }),
  ).resolves.toBeDefined();
});

test("a look-up that WhatsApp refuses for its rate is repeated, and the message goes out", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  await world.fault({ kind: "rate_overlimit", number, count: 1 });
  const message = world.send(account, phone);
  await expect(
    edge.expect("outcome", account, { message: message.id, result: "sent" }),
  ).resolves.toBeDefined();
});

test("an edit and a revoke change what the phone shows, under ids of their own", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  const message = world.send(account, phone, { text: "see you at 8" });
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  const target = { wa_id: message.wa_id };
  const edit = world.send(account, phone, { type: "edit", text: "see you at 9", target });
  await edge.expect("outcome", account, { message: edit.id, result: "sent" });
  for (const who of [phone, number]) {
    expect(await world.inbox(who)).toContainEqual(
      expect.objectContaining({ wa_id: message.wa_id, text: "see you at 9" }),
    );
  }
  const revoke = world.send(account, phone, { type: "revoke", text: "", target });
  await edge.expect("outcome", account, { message: revoke.id, result: "sent" });
  for (const who of [phone, number]) {
    expect(await world.inbox(who)).toContainEqual(
      expect.objectContaining({ wa_id: message.wa_id, type: "revoked", text: null }),
    );
  }
  for (const { wa_id } of [message, edit, revoke]) expect(await world.timesSeen(wa_id)).toBe(1);
});

test("a phone that could not read an edit gets the edit again, not a new message", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const phone = await world.phone();
  const message = world.send(account, phone, { text: "first" });
  await edge.expect("receipt", account, { wa_ids: [message.wa_id], type: "delivered" });
  await world.fault({ kind: "undecryptable", number: phone, count: 1 });
  const target = { wa_id: message.wa_id };
  const edit = world.send(account, phone, { type: "edit", text: "second", target });
  await edge.expect("receipt", account, { wa_ids: [edit.wa_id], type: "delivered" });
  const inbox = await world.inbox(phone);
  expect(inbox).toContainEqual(
    expect.objectContaining({ wa_id: message.wa_id, type: "text", text: "second" }),
  );
  expect(inbox).toContainEqual(expect.objectContaining({ wa_id: edit.wa_id, type: "edit" }));
});
