import { Message } from "@roost/contract/messages";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { call } from "../../test/workers/given.ts";
import {
  givenConnected,
  journalOf,
  messageIn,
  readMessage,
  send,
} from "../../test/workers/given-account.ts";

afterEach(() => FakeHost.retireAll());

/** An account with one sent message, on a host that waits to be told what becomes of the next. */
async function givenSent() {
  const host = await new FakeHost().connect();
  const at = await givenConnected(host);
  const message = await messageIn(at.key, (await send(at)).id, "sent");
  host.isSending = false;
  return { host, ...at, message };
}
type At = Awaited<ReturnType<typeof givenSent>>;

function change(at: At, id: Message["id"], text: string): Promise<Response> {
  const body = { text: { body: text } };
  return call(`/v1/messages/${id}`, { key: at.key, method: "PATCH", body });
}

function remove(at: At, id: Message["id"]): Promise<Response> {
  return call(`/v1/messages/${id}`, { key: at.key, method: "DELETE" });
}

/** The newest thing the host was given, once it is of this type. */
function leased(at: At, type: "edit" | "revoke") {
  return vi.waitFor(() => {
    const last = at.host.leased(at.account).at(-1);
    if (last?.type !== type) throw new Error(`${last?.type} came last`);
    return last;
  });
}

async function about(at: At): Promise<string[]> {
  const journal = await journalOf(at.key, at.account);
  return journal.map(({ type }) => type).filter((type) => type.startsWith("message."));
}

test("an edit leaves as a stanza of its own, and the text changes when WhatsApp has it", async () => {
  const at = await givenSent();
  const answer = await change(at, at.message.id, "hello again");
  expect(answer.status).toBe(202);
  expect(Message.parse(await answer.json())).toMatchObject({ text: { body: "hello" } });
  const edit = await leased(at, "edit");
  expect(edit).toMatchObject({ text: "hello again", target: { wa_id: at.message.wa_id } });
  expect(edit.wa_id).not.toBe(at.message.wa_id);
  expect((await readMessage(at.key, at.message.id)).edited_at).toBeNull();

  at.host.outcome(at.account, edit.id);
  await vi.waitFor(async () => {
    expect(await readMessage(at.key, at.message.id)).toMatchObject({
      text: { body: "hello again" },
      edited_at: expect.any(String),
      state: "sent",
    });
  });
  expect(await about(at)).toEqual(["message.accepted", "message.sent", "message.edited"]);
  // The stanza is in no list, and tells of itself when it is asked for.
  const list = await call(`/v1/messages?account=${at.account}`, { key: at.key });
  expect((await list.json<{ data: Message[] }>()).data.map(({ id }) => id)).toEqual([
    at.message.id,
  ]);
  expect(await readMessage(at.key, edit.id)).toMatchObject({
    type: "edit",
    target: at.message.id,
    state: "sent",
  });
});

test("deleting a sent message revokes it once, however often it is asked for", async () => {
  const at = await givenSent();
  expect((await remove(at, at.message.id)).status).toBe(202);
  expect((await remove(at, at.message.id)).status).toBe(202);
  const revoke = await leased(at, "revoke");
  at.host.outcome(at.account, revoke.id);
  await vi.waitFor(async () => {
    expect((await readMessage(at.key, at.message.id)).revoked_at).not.toBeNull();
  });
  expect(at.host.leased(at.account).filter(({ type }) => type === "revoke")).toHaveLength(1);
  expect(await about(at)).toEqual(["message.accepted", "message.sent", "message.revoked"]);
  expect((await remove(at, at.message.id)).status).toBe(409);
  expect((await change(at, at.message.id, "too late")).status).toBe(409);
});

test("a change that fails is told of, and the message stays as it is", async () => {
  const at = await givenSent();
  await change(at, at.message.id, "never seen");
  const edit = await leased(at, "edit");
  at.host.outcome(at.account, edit.id, "failed", "refused_by_whatsapp");
  await messageIn(at.key, edit.id, "failed");
  expect(await readMessage(at.key, at.message.id)).toMatchObject({
    text: { body: "hello" },
    edited_at: null,
  });
  const journal = await journalOf(at.key, at.account);
  expect(journal.at(-1)).toMatchObject({
    type: "message.failed",
    data: { id: edit.id, type: "edit", target: at.message.id },
  });
});

test("what is not sent yet is cancelled, and cannot be edited", async () => {
  const at = await givenSent();
  const later = await send(at, { send_at: new Date(Date.now() + 3_600_000) });
  expect((await change(at, later.id, "no")).status).toBe(409);
  const cancelled = await remove(at, later.id);
  expect(cancelled.status).toBe(200);
  expect(await cancelled.json()).toMatchObject({ state: "cancelled" });
});
