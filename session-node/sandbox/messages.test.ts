import { createHash } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { Client, control, linkByQr } from "./test/client.ts";
import { eventually, givenNumber, givenSandbox, numberJid } from "./test/given.ts";
import type { PhoneMessage } from "./storage/messages.ts";
import type { LedgerRow } from "./storage/ledger.ts";

const sandbox = await givenSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());

const messagesAt = (number: string) =>
  control<PhoneMessage[]>(sandbox, "GET", `/phones/${number}/messages`);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

test("a sent message is read as written at the recipient's phone and at the sender's own", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  const order: string[] = [];
  client.socket.ws.on("CB:ack,class:message", () => order.push("ack"));
  client.socket.ws.on("CB:receipt", ({ attrs }) => order.push(attrs.type ?? "delivered"));
  await client.socket.sendMessage(
    numberJid(contact),
    { text: "good morning" },
    { messageId: "M1" },
  );

  await eventually(() => {
    expect(client.acks).toMatchObject([{ id: "M1", class: "message" }]);
    expect(client.acks[0]).not.toHaveProperty("error");
    expect(client.receipts.map(({ id, type }) => ({ id, type }))).toEqual([
      { id: "M1", type: undefined },
      { id: "M1", type: "read" },
    ]);
  });
  expect(order).toEqual(["ack", "delivered", "read"]);
  const [atContact] = await messagesAt(contact);
  expect(atContact).toMatchObject({
    from: owner,
    to: contact,
    wa_id: "M1",
    type: "text",
    text: "good morning",
    direction: "in",
    hash: sha256("good morning"),
  });
  const [atOwner] = await messagesAt(owner);
  expect(atOwner).toMatchObject({ ...atContact, direction: "out", status: "read" });

  const ledger = await control<LedgerRow[]>(sandbox, "GET", "/ledger");
  expect(ledger.filter(({ wa_id }) => wa_id === "M1")).toMatchObject([
    { account: owner, device: 1, to: contact, hash: sha256("good morning") },
  ]);
});

test.each(["pn", "lid"] as const)("a %s-addressed message reaches the companion", async (mode) => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  await control(sandbox, "POST", "/phones", { number: contact, name: "Ana" });
  await control(sandbox, "PUT", `/phones/${contact}`, { addressing: mode });
  const { wa_id } = await control<{ wa_id: string }>(
    sandbox,
    "POST",
    `/phones/${contact}/messages`,
    { to: owner, text: `hello by ${mode}` },
  );

  await eventually(() => {
    expect(client.messages()).toMatchObject([
      {
        upsert: "notify",
        key: { id: wa_id, fromMe: false },
        message: { conversation: `hello by ${mode}` },
        pushName: "Ana",
      },
    ]);
  });
  const [message] = client.messages();
  const { remoteJid, remoteJidAlt } = message?.key ?? {};
  const [pn, lid] = mode === "pn" ? [remoteJid, remoteJidAlt] : [remoteJidAlt, remoteJid];
  expect(pn).toBe(numberJid(contact));
  expect(lid).toMatch(/@lid$/);
});

test("what the owner types on the phone reaches the other side and the owner's companion", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  const typed = { to: contact, text: "typed by thumb" };
  await control(sandbox, "POST", `/phones/${owner}/messages`, typed);
  await eventually(() => {
    expect(client.messages()).toMatchObject([
      {
        key: { fromMe: true, remoteJid: numberJid(contact) },
        message: { conversation: "typed by thumb" },
      },
    ]);
  });
  expect(await messagesAt(contact)).toMatchObject([{ from: owner, text: "typed by thumb" }]);
  expect(await messagesAt(owner)).toMatchObject([{ direction: "out", status: "read", device: 0 }]);
});

test("a second companion gets what others send and what the first one sends", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client: first } = await linkByQr(sandbox, owner);
  const { client: second } = await linkByQr(sandbox, owner);
  using _ = first;
  using __ = second;
  await first.socket.sendMessage(numberJid(contact), { text: "to both" }, { messageId: "C1" });
  await control(sandbox, "POST", `/phones/${contact}/messages`, { to: owner, text: "from both" });

  await eventually(() => {
    expect(texts(second)).toEqual(["true to both", "false from both"]);
    expect(texts(first)).toEqual(["true to both", "false from both"]);
  });
});

test("two linked accounts write to each other and see each other's receipts", async () => {
  const [ana, ben] = [givenNumber(), givenNumber()];
  const { client: one } = await linkByQr(sandbox, ana);
  const { client: two } = await linkByQr(sandbox, ben);
  using _ = one;
  using __ = two;
  await one.socket.sendMessage(numberJid(ben), { text: "hi Ben" }, { messageId: "AB" });
  await eventually(() => expect(texts(two)).toEqual(["false hi Ben"]));
  const [received] = two.messages();
  if (!received) throw new Error("nothing came");
  await two.socket.readMessages([received.key]);
  await eventually(() => {
    expect(one.receipts.filter(({ id }) => id === "AB").map(({ type }) => type)).toContain("read");
  });
  await two.socket.sendMessage(numberJid(ana), { text: "hi Ana" });
  await eventually(() => expect(texts(one)).toEqual(["true hi Ben", "false hi Ana"]));
  expect(await messagesAt(ana)).toMatchObject([
    { text: "hi Ben", status: "read" },
    { text: "hi Ana" },
  ]);
});

test("messages and receipts of the time away arrive in order at the next login", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  await control(sandbox, "POST", "/phones", { number: contact });
  await control(sandbox, "PUT", `/phones/${contact}`, { receipts: "none" });
  const { client, auth } = await linkByQr(sandbox, owner);
  await client.socket.sendMessage(numberJid(contact), { text: "unread" }, { messageId: "OFF" });
  await eventually(async () => {
    expect(client.acks).toHaveLength(1);
    const phone = await control(sandbox, "GET", `/phones/${owner}`);
    expect(phone).toMatchObject({ companions: [{ pending: 0 }] });
  });
  client[Symbol.dispose]();
  await eventually(async () => {
    expect(await control(sandbox, "GET", `/phones/${owner}`)).toMatchObject({ connected: false });
  });

  const say = (text: string) =>
    control(sandbox, "POST", `/phones/${contact}/messages`, { to: owner, text });
  await say("one");
  await say("two");
  await control(sandbox, "POST", `/phones/${contact}/read`, { wa_id: "OFF" });
  await say("three");

  using again = new Client(sandbox, auth);
  const order: string[] = [];
  again.socket.ws.on("CB:message", () => order.push("message"));
  again.socket.ws.on("CB:receipt", () => order.push("receipt"));
  again.socket.ws.on("CB:ib,,offline", () => order.push("end"));
  await again.opened();
  await eventually(() => {
    expect(order).toEqual(["message", "message", "receipt", "message", "end"]);
    expect(again.messages().map(({ upsert, message }) => [upsert, message?.conversation])).toEqual([
      ["append", "one"],
      ["append", "two"],
      ["append", "three"],
    ]);
    expect(again.receipts).toMatchObject([{ id: "OFF", type: "read" }]);
  });
  // Confirmed, so they do not come again.
  await eventually(async () => {
    const phone = await control(sandbox, "GET", `/phones/${owner}`);
    expect(phone).toMatchObject({ companions: [{ pending: 0 }] });
  });
});

test("a message the companion cannot read is asked for again and then read", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  await control(sandbox, "POST", `/phones/${contact}/messages`, {
    to: owner,
    text: "second try",
    corrupt: true,
  });
  await eventually(() => {
    const contents = client.messages().map(({ message }) => message?.conversation);
    expect(contents.at(-1)).toBe("second try");
  });
});

test("a copy of what the owner typed is asked for again when the companion cannot read it", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  await control(sandbox, "POST", `/phones/${owner}/messages`, {
    to: contact,
    text: "my second try",
    corrupt: true,
  });
  await eventually(() => expect(texts(client).at(-1)).toBe("true my second try"));
});

test("a message a phone cannot read is asked for again and then read", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  await control(sandbox, "POST", "/faults", { kind: "undecryptable", number: contact, count: 1 });
  await client.socket.sendMessage(
    numberJid(contact),
    { text: "please retry" },
    { messageId: "R1" },
  );
  await eventually(async () => {
    expect(await messagesAt(contact)).toMatchObject([{ wa_id: "R1", text: "please retry" }]);
    expect(client.receipts.map(({ type }) => type)).toEqual(["retry", undefined, "read"]);
  });
  const ledger = await control<LedgerRow[]>(sandbox, "GET", "/ledger");
  expect(ledger.filter(({ wa_id }) => wa_id === "R1")).toHaveLength(1);
  expect(await messagesAt(owner)).toHaveLength(1);
});

test("the same id again is the same message: acknowledged twice, entered and shown once", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  const before = await control<{ repeats: number }>(sandbox, "GET", "/stats");
  for (let attempt = 0; attempt < 2; attempt++) {
    await client.socket.sendMessage(numberJid(contact), { text: "once" }, { messageId: "SAME" });
  }
  await eventually(() => expect(client.acks).toHaveLength(2));
  const ledger = await control<LedgerRow[]>(sandbox, "GET", "/ledger");
  expect(ledger.filter(({ wa_id }) => wa_id === "SAME")).toHaveLength(1);
  expect(await messagesAt(contact)).toHaveLength(1);
  expect(await messagesAt(owner)).toHaveLength(1);
  const after = await control<{ repeats: number }>(sandbox, "GET", "/stats");
  expect(after.repeats - before.repeats).toBe(1);
});

test("a number that is not on WhatsApp is not found, and nobody gets what is sent to it", async () => {
  const [owner, gone] = [givenNumber(), givenNumber()];
  await control(sandbox, "POST", "/phones", { number: gone });
  await control(sandbox, "PUT", `/phones/${gone}`, { on_whatsapp: false });
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  expect(await client.socket.onWhatsApp(owner, gone, "15550000000")).toMatchObject([
    { jid: numberJid(owner), exists: true },
  ]);
  await client.socket.sendMessage(numberJid(gone), { text: "anybody?" }, { messageId: "GONE" });
  await eventually(() => expect(client.acks).toMatchObject([{ id: "GONE" }]));
  expect(await messagesAt(gone)).toEqual([]);
  expect(await messagesAt(owner)).toMatchObject([{ to: gone, status: "sent" }]);
});

test("a location, a contact card and a reaction arrive as such", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  const send = (body: object) =>
    control(sandbox, "POST", `/phones/${contact}/messages`, { to: owner, ...body });
  await send({ location: { latitude: 1.5, longitude: -2.25, name: "here" } });
  await send({ contact: { name: "Cleo", phone: "15550001111" } });
  await client.socket.sendMessage(numberJid(contact), { text: "like me" }, { messageId: "LIKE" });
  await eventually(async () => expect(await messagesAt(contact)).toHaveLength(3));
  await control(sandbox, "POST", `/phones/${contact}/react`, { wa_id: "LIKE", emoji: "👍" });

  const sent = client.messages.bind(client);
  await eventually(() => {
    expect(sent()[0]?.message?.locationMessage).toMatchObject({ degreesLatitude: 1.5 });
    expect(sent()[1]?.message?.contactMessage).toMatchObject({ displayName: "Cleo" });
    const reaction = sent().at(-1)?.message?.reactionMessage;
    expect(reaction).toMatchObject({ text: "👍", key: { id: "LIKE", fromMe: true } });
  });
});

function texts(client: Client): string[] {
  return client
    .messages()
    .map(
      ({ key, message }) =>
        `${key.fromMe} ${message?.conversation ?? message?.extendedTextMessage?.text}`,
    );
}
