import { afterAll, afterEach, expect, test } from "vitest";
import { Client, control, type Extra, linkByQr } from "../test/client.ts";
import { eventually, givenNumber, givenSandbox, numberJid } from "../test/given.ts";
import type { LedgerRow } from "../storage/ledger.ts";
import type { PhoneMessage } from "../storage/messages.ts";

const sandbox = await givenSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());
afterEach(() => control(sandbox, "DELETE", "/faults"));

const begin = (fault: object) => control(sandbox, "POST", "/faults", fault);

async function given(extra: Extra = {}) {
  const [number, contact] = [givenNumber(), givenNumber()];
  const linked = await linkByQr(sandbox, number, { extra });
  const send = (messageId: string, to = contact) =>
    linked.client.socket.sendMessage(numberJid(to), { text: messageId }, { messageId });
  return { ...linked, number, contact, send };
}

const rowsOf = async (waId: string) =>
  (await control<LedgerRow[]>(sandbox, "GET", "/ledger")).filter(({ wa_id }) => wa_id === waId);
const messagesAt = (number: string) =>
  control<PhoneMessage[]>(sandbox, "GET", `/phones/${number}/messages`);

test.each([
  [{ kind: "drop" }, 428],
  [{ kind: "replaced" }, 440],
  [{ kind: "restart" }, 515],
  [{ kind: "stream_error", code: 503 }, 503],
  [{ kind: "logged_out" }, 401],
])("%o ends the connection with %i", async (fault, code) => {
  const { client, number } = await given();
  using _ = client;
  await begin({ ...fault, number });
  expect(await client.closed()).toMatchObject({ code });
  expect(await control(sandbox, "GET", "/faults")).toEqual([]);
});

test("a fault with a number is only that number's", async () => {
  const { client, number } = await given();
  const other = await given();
  using _ = client;
  using __ = other.client;
  await begin({ kind: "drop", number: other.number });
  await other.client.closed();
  expect(await control(sandbox, "GET", `/phones/${number}`)).toMatchObject({ connected: true });
});

test("asked for several times, drop strikes the next logins as well", async () => {
  const { client, number, auth } = await given();
  using _ = client;
  await begin({ kind: "drop", number, count: 2 });
  await client.closed();
  using second = new Client(sandbox, auth);
  expect(await second.closed()).toMatchObject({ code: 428 });
  using third = await new Client(sandbox, auth).opened();
  expect(third.socket.user?.id).toContain(number);
});

test("after logged_out the companion is no longer linked", async () => {
  const { client, number, auth } = await given();
  client[Symbol.dispose]();
  await begin({ kind: "logged_out", number });
  using again = new Client(sandbox, auth);
  expect(await again.closed()).toMatchObject({ code: 401 });
});

test("silence is noticed by the client's own keep-alive, and by nothing else", async () => {
  const { client, number } = await given({ keepAliveIntervalMs: 300 });
  using _ = client;
  await begin({ kind: "silence", number });
  expect(await client.closed(15_000)).toMatchObject({ code: 408 });
});

test("a frame that no key opens is an unhandled rejection and leaves the client deaf", async () => {
  const { client, number } = await given({ keepAliveIntervalMs: 300 });
  using _ = client;
  const rejections: unknown[] = [];
  const earlier = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => rejections.push(reason));
  try {
    await begin({ kind: "bad_frame", number });
    await eventually(() => expect(rejections.length).toBeGreaterThan(0));
    expect(await client.closed(15_000)).toMatchObject({ code: 408 });
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of earlier) process.on("unhandledRejection", listener);
  }
});

test("a refused upgrade is something Baileys says nothing about", async () => {
  const { client, auth } = await given();
  client[Symbol.dispose]();
  await begin({ kind: "refuse_upgrade", status: 503, count: 1 });
  using refused = new Client(sandbox, auth, { connectTimeoutMs: 300 });
  await expect(refused.closed(800)).rejects.toThrow("No such connection update");
  using next = await new Client(sandbox, auth).opened();
  expect(next.socket.user).toBeDefined();
});

test.each([403, 405, 503])("failure %i is what the login ends with", async (code) => {
  const { client, number, auth } = await given();
  client[Symbol.dispose]();
  await begin({ kind: "failure", code, number });
  using refused = new Client(sandbox, auth);
  expect(await refused.closed()).toMatchObject({ code });
});

test("ack_error refuses the message: nobody has it and the ledger does not know it", async () => {
  const { client, number, contact, send } = await given();
  using _ = client;
  await begin({ kind: "ack_error", code: 475, number, count: 1 });
  await send("REFUSED");
  await send("TAKEN");
  await eventually(() => expect(client.acks).toHaveLength(2));
  expect(client.acks).toMatchObject([{ id: "REFUSED", error: "475" }, { id: "TAKEN" }]);
  expect(await rowsOf("REFUSED")).toEqual([]);
  expect(await messagesAt(contact)).toMatchObject([{ wa_id: "TAKEN" }]);
});

test("ack_lost keeps silent about a message that went through", async () => {
  const { client, number, contact, send } = await given();
  using _ = client;
  await begin({ kind: "ack_lost", number, count: 1 });
  await send("SILENT");
  await eventually(async () => expect(await messagesAt(contact)).toHaveLength(1));
  await eventually(() => expect(client.receipts).toHaveLength(2));
  expect(client.acks).toEqual([]);
  expect(await rowsOf("SILENT")).toHaveLength(1);
});

test("ack_late takes its time", async () => {
  const { client, number, send } = await given();
  using _ = client;
  await begin({ kind: "ack_late", ms: 400, number, count: 1 });
  await send("LATE");
  const sentAt = Date.now();
  await eventually(() => expect(client.acks).toHaveLength(1));
  expect(Date.now() - sentAt).toBeGreaterThan(300);
});

test("rate_overlimit makes a send throw with the code in its data", async () => {
  const { client, number, send } = await given();
  using _ = client;
  await begin({ kind: "rate_overlimit", number });
  await expect(send("TOO MUCH")).rejects.toMatchObject({ message: "rate-overlimit", data: 429 });
});

test("a time lock is announced, refuses new chats with 463, and spares old ones", async () => {
  const { client, number, contact, send } = await given();
  using _ = client;
  await send("BEFORE");
  await eventually(() => expect(client.acks).toHaveLength(1));
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await begin({ kind: "time_lock", until, number });
  const { reachoutTimeLock } = await client.until((update) => Boolean(update.reachoutTimeLock));
  expect(reachoutTimeLock).toMatchObject({ isActive: true, enforcementType: "WEB_COMPANION_ONLY" });
  expect(await client.socket.fetchAccountReachoutTimelock()).toMatchObject({ isActive: true });

  await send("OLD CHAT", contact);
  await send("NEW CHAT", givenNumber());
  await eventually(() => expect(client.acks).toHaveLength(3));
  expect(client.acks.map(({ id, error }) => [id, error])).toEqual([
    ["BEFORE", undefined],
    ["OLD CHAT", undefined],
    ["NEW CHAT", "463"],
  ]);
  await control(sandbox, "DELETE", "/faults");
  await client.until((update) => update.reachoutTimeLock?.isActive === false);
});

test("a cap on new chats is announced, counted and enforced", async () => {
  const { client, number, send } = await given();
  using _ = client;
  const caps: unknown[] = [];
  client.socket.ev.on("message-capping.update", (cap) => caps.push(cap));
  await begin({ kind: "new_chat_cap", used: 9, total: 10, number });
  await eventually(() => expect(caps).toMatchObject([{ used_quota: 9, total_quota: 10 }]));
  await send("TENTH", givenNumber());
  await send("ELEVENTH", givenNumber());
  await eventually(() => expect(client.acks).toHaveLength(2));
  expect(client.acks.map(({ error }) => error)).toEqual([undefined, "463"]);
  expect(await client.socket.fetchNewChatMessageCap()).toMatchObject({ capping_status: "CAPPED" });
});

test("a ban for a time says how long it lasts", async () => {
  const { client, auth, number } = await given();
  void client.socket.end(undefined);
  await client.closed();
  await begin({ kind: "failure", code: 402, expire: 600, number, count: 1 });
  using refused = new Client(sandbox, auth);
  const { lastDisconnect } = await refused.until(({ connection }) => connection === "close");
  expect(lastDisconnect?.error).toMatchObject({
    output: { statusCode: 402 },
    data: { expire: "600" },
  });
});

test("a silent phone reads and writes, and its companions hear nothing of it", async () => {
  const { client, number, contact } = await given();
  using _ = client;
  await begin({ kind: "phone_silent", number });
  const typed = { to: contact, text: "typed" };
  const { wa_id } = await control<{ wa_id: string }>(
    sandbox,
    "POST",
    `/phones/${number}/messages`,
    typed,
  );
  await control(sandbox, "POST", `/phones/${contact}/messages`, { to: number, text: "answer" });
  await eventually(() => expect(client.messages()).toHaveLength(1));
  expect(client.messages()[0]?.key.id).not.toBe(wa_id);
  expect((await messagesAt(contact)).some((message) => message.wa_id === wa_id)).toBe(true);
});

test("an unknown kind is refused and the known ones are named", async () => {
  await expect(begin({ kind: "earthquake" })).rejects.toThrow(/422.*drop, silence, replaced/);
  await expect(begin({ kind: "ack_late" })).rejects.toThrow(/422.*ms/);
  await expect(begin({ kind: "drop", nubmer: "1" })).rejects.toThrow(/422.*nubmer/);
});
