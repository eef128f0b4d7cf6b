import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Chat } from "@roost/contract/chats";
import type { Message } from "@roost/contract/messages";
import { afterEach, expect, test } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { call, givenTenant } from "../../test/workers/given.ts";
import { givenConnected, journalOf, messageIn, send } from "../../test/workers/given-account.ts";
import { accountStub } from "../accounts/account-stub.ts";

afterEach(() => FakeHost.retireAll());

const ANA = { phone: "5511999990000", lid: "777" };

async function givenLinked() {
  const host = await new FakeHost().connect();
  return { host, ...(await givenConnected(host)) };
}

function received(waId: string, facts: object = {}) {
  return {
    kind: "received",
    wa_id: waId,
    peer: ANA,
    from_me: false,
    name: "Ana",
    type: "text",
    text: `text of ${waId}`,
    quoted_wa_id: null,
    at: Date.now(),
    ...facts,
  } as const;
}

async function chatsOf(key: string, account: string): Promise<Chat[]> {
  const response = await call(`/v1/chats?account=${account}`, { key });
  return (await response.json<{ data: Chat[] }>()).data;
}

async function messagesOf(key: string, chat: string): Promise<Message[]> {
  const response = await call(`/v1/messages?chat=${chat}`, { key });
  return (await response.json<{ data: Message[] }>()).data;
}

test("a message that is delivered again is in the journal once, also after a restart", async () => {
  const { host, account, key } = await givenLinked();
  host.report(account, received("A1"), received("A2"), received("A1"));
  await host.settled();
  await evictDurableObject(accountStub(env, account));
  host.report(account, received("A2"), received("A3"));
  await host.settled();
  const events = await journalOf(key, account);
  const waIds = events.flatMap((event) =>
    event.type === "message.received" ? [event.data.wa_id] : [],
  );
  expect(waIds).toEqual(["A1", "A2", "A3"]);
  const [chat] = await chatsOf(key, account);
  expect(chat).toMatchObject({ phone: "+5511999990000", lid: "777", name: "Ana", unread: 3 });
  expect(chat?.last_message?.preview).toBe("text of A3");
});

test("people may write as much as they like, and the account goes on", async () => {
  const { host, account, key } = await givenLinked();
  const text = "界".repeat(65_536);
  for (let i = 0; i < 32; i++) host.report(account, received(`A${i}`, { text }));
  await host.settled();
  // Unlinking folds all that happened into pages.
  await call(`/v1/accounts/${account}/unlink`, { key, method: "POST" });
  await evictDurableObject(accountStub(env, account));
  const [chat] = await chatsOf(key, account);
  const messages = await messagesOf(key, chat?.id ?? "");
  expect(messages.length).toBeGreaterThan(10);
  for (const message of messages) expect(text.startsWith(message.text?.body ?? "-")).toBe(true);
});

test("a chat that was read has nothing unread until something arrives, also after a restart", async () => {
  const { host, account, key } = await givenLinked();
  host.report(account, received("A1"), received("A2"));
  await host.settled();
  const [chat] = await chatsOf(key, account);
  const path = `/v1/chats/${chat?.id}/read`;
  const read = await call(path, { key, method: "POST" });
  expect(read.status).toBe(200);
  expect(await read.json()).toMatchObject({ id: chat?.id, unread: 0 });
  await evictDurableObject(accountStub(env, account));
  expect((await chatsOf(key, account))[0]?.unread).toBe(0);
  host.report(account, received("A3"));
  await host.settled();
  expect((await chatsOf(key, account))[0]?.unread).toBe(1);

  const stranger = await givenTenant();
  expect((await call(path, { key: stranger.key, method: "POST" })).status).toBe(404);
});

test("two people may use the same WhatsApp id", async () => {
  const { host, account, key } = await givenLinked();
  host.report(
    account,
    received("A1"),
    received("A1", { peer: { phone: "5511888880000", lid: null } }),
  );
  await host.settled();
  expect(await chatsOf(key, account)).toHaveLength(2);
});

test("what the owner types on the phone is a sent message of the chat", async () => {
  const { host, account, key } = await givenLinked();
  host.report(account, received("A1", { from_me: true, name: null }));
  await host.settled();
  const [chat] = await chatsOf(key, account);
  const [message] = await messagesOf(key, chat?.id ?? "");
  expect(message).toMatchObject({
    direction: "outbound",
    origin: "phone",
    state: "sent",
    to: "+5511999990000",
  });
  expect(chat?.unread).toBe(0);
});

test("an answer goes in the reply lane and quotes what it answers", async () => {
  const { host, account, key } = await givenLinked();
  host.report(account, received("A1"));
  await host.settled();
  const [chat] = await chatsOf(key, account);
  const [question] = await messagesOf(key, chat?.id ?? "");
  const answer = await send({ key, account }, { reply_to: question?.id });
  expect(answer).toMatchObject({ lane: "reply", reply_to: question?.id, chat: chat?.id });
  await messageIn(key, answer.id, "sent");
  expect(host.leased(account)[0]).toMatchObject({
    to: ANA,
    quoted: { wa_id: "A1", from_me: false, text: "text of A1" },
  });
});

test("a reply names the message it answers, whoever wrote that", async () => {
  const { host, account, key } = await givenLinked();
  const ours = await send({ key, account });
  await messageIn(key, ours.id, "sent");
  host.report(account, received("A1", { quoted_wa_id: ours.wa_id }));
  await host.settled();
  const [chat] = await chatsOf(key, account);
  const [reply] = await messagesOf(key, chat?.id ?? "");
  expect(reply?.reply_to).toBe(ours.id);
});

test("a person known by number and by LID has one chat, with all messages in order", async () => {
  const { host, account, key } = await givenLinked();
  host.report(account, received("A1", { peer: { phone: ANA.phone, lid: null } }));
  host.report(account, received("A2", { peer: { phone: null, lid: ANA.lid } }));
  await host.settled();
  const before = await chatsOf(key, account);
  expect(before).toHaveLength(2);
  host.report(account, received("A3"));
  await host.settled();
  await evictDurableObject(accountStub(env, account));
  const [chat, ...others] = await chatsOf(key, account);
  expect(others).toEqual([]);
  const messages = await messagesOf(key, chat?.id ?? "");
  expect(messages.map(({ wa_id }) => wa_id)).toEqual(["A3", "A2", "A1"]);
  // The id that is gone still leads to the chat.
  for (const { id } of before) {
    const found = await call(`/v1/chats/${id}`, { key });
    expect(await found.json()).toMatchObject({ id: chat?.id });
  }
});

test("a number that WhatsApp knows in another form keeps its chat", async () => {
  const { host, account, key } = await givenLinked();
  host.isSending = false;
  const { id, wa_id } = await send({ key, account }, { to: "+5511999990000" });
  const peer = { phone: "551199990000", lid: "777" };
  host.report(account, {
    kind: "outcome",
    message: id,
    result: "sent",
    error: null,
    peer,
    at: Date.now(),
  });
  host.report(account, received("A1", { peer }));
  host.report(account, {
    kind: "receipt",
    wa_ids: [wa_id ?? ""],
    type: "read",
    peer: { phone: null, lid: "777" },
    at: Date.now(),
  });
  await messageIn(key, id, "read");
  const chats = await chatsOf(key, account);
  expect(chats).toHaveLength(1);
  const again = await send({ key, account }, { to: "+5511999990000" });
  expect(again).toMatchObject({ chat: chats[0]?.id, lane: "reply" });
});

test("another tenant's chat does not exist", async () => {
  const { host, account, key } = await givenLinked();
  host.report(account, received("A1"));
  await host.settled();
  const [chat] = await chatsOf(key, account);
  const other = await givenTenant();
  expect((await call(`/v1/chats/${chat?.id}`, { key: other.key })).status).toBe(404);
  const listed = await call(`/v1/messages?chat=${chat?.id}`, { key: other.key });
  expect(listed.status).toBe(404);
  const events = await call(`/v1/events?account=${account}`, { key: other.key });
  expect(events.status).toBe(404);
});
