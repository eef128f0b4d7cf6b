import { createHash } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { control, linkByQr } from "./test/client.ts";
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
