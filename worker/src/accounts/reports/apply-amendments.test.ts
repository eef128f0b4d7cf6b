import type { Peer, Report } from "@roost/contract/host";
import { expect, test } from "vitest";
import { givenStore } from "../../../test/workers/given-store.ts";
import { AccountStore } from "../account-store.ts";
import { applyMessageReport, type MessageReport } from "./apply-reports.ts";
import { presentEvent, presentMessage } from "../present.ts";

type Bare<R> = R extends Report ? Omit<R, "account" | "epoch"> : never;

const ana: Peer = { phone: "5511", lid: "77" };
const NOW = 5_000_000;

function given() {
  const { sql, store } = givenStore();
  const { id: account } = store.account();
  const apply = (report: Bare<MessageReport>, now = NOW) =>
    applyMessageReport(store, { ...report, account, epoch: 1 }, now);
  const received = (wa_id: string, text: string | null = "hello", facts = {}) =>
    apply({
      kind: "received",
      wa_id,
      peer: ana,
      from_me: false,
      name: null,
      type: "text",
      text,
      quoted_wa_id: null,
      at: NOW,
      ...facts,
    });
  const about = (wa_id: string, stanza_id: string) => ({
    wa_id,
    stanza_id,
    peer: ana,
    from_me: false,
    at: NOW,
  });
  const stanza = (wa_id: string, state: "missing" | "unanswered" | "empty", facts = {}) =>
    apply({
      kind: "stanza",
      wa_id,
      jid: "77@lid",
      peer: ana,
      from_me: false,
      state,
      at: NOW,
      ...facts,
    });
  const reopened = () => {
    store.commit(NOW);
    return AccountStore.open(sql.asStorage());
  };
  return { store, apply, received, about, stanza, reopened };
}

const events = (store: AccountStore) => store.journal.after(0, 100).map(({ type }) => type);
const message = (store: AccountStore, n = 1) => {
  const found = store.messages.find(n);
  if (found === null) throw new Error(`no message ${n}`);
  return presentMessage(store, found);
};

test("an edit, a revoke and a reaction are events and stay with the message", () => {
  const { store, apply, received, about, reopened } = given();
  received("A");
  apply({ kind: "edited", ...about("A", "E"), text: "hello again" });
  apply({ kind: "reaction", ...about("A", "R"), to_ours: false, emoji: "👍" });
  expect(message(store)).toMatchObject({
    text: { body: "hello again" },
    edited_at: new Date(NOW).toISOString(),
    reactions: [{ from: "+5511", emoji: "👍" }],
  });
  apply({ kind: "revoked", ...about("A", "D") });
  expect(message(store).text).toBeUndefined();
  expect(events(store)).toEqual([
    "message.received",
    "message.edited",
    "message.reaction",
    "message.revoked",
  ]);
  const again = reopened();
  expect(message(again)).toEqual(message(store));
  const shown = again.journal.after(0, 100).map((event) => presentEvent(again, event));
  expect(shown[2]).toMatchObject({
    type: "message.reaction",
    data: { message: message(store).id, from: "+5511", emoji: "👍" },
  });
  expect(shown[3]).toMatchObject({ type: "message.revoked", data: { state: "received" } });
});

test("whatever is heard twice, or after the message was taken back, changes nothing", () => {
  const { store, apply, received, about } = given();
  received("A");
  const edit = { kind: "edited", ...about("A", "E"), text: "new" } as const;
  apply(edit);
  apply(edit);
  apply({ kind: "revoked", ...about("A", "D") });
  apply({ kind: "revoked", ...about("A", "D2") });
  apply({ kind: "edited", ...about("A", "E2"), text: "too late" });
  expect(events(store)).toEqual(["message.received", "message.edited", "message.revoked"]);
});

test("a person has one reaction to a message, and can take it back", () => {
  const { store, apply, received, about } = given();
  received("A");
  apply({ kind: "reaction", ...about("A", "1"), to_ours: false, emoji: "👍" });
  apply({ kind: "reaction", ...about("A", "2"), to_ours: false, emoji: "❤️" });
  apply({ kind: "reaction", ...about("A", "3"), from_me: true, to_ours: false, emoji: "🎉" });
  expect(message(store).reactions.map(({ from, emoji }) => [from, emoji])).toEqual([
    ["+5511", "❤️"],
    ["+491511", "🎉"],
  ]);
  apply({ kind: "reaction", ...about("A", "4"), to_ours: false, emoji: null });
  expect(message(store).reactions.map(({ emoji }) => emoji)).toEqual(["🎉"]);
});

test("nobody changes a message of somebody else's chat, nor one that another person wrote", () => {
  const { store, apply, received, about } = given();
  received("A");
  const stranger = { phone: "666", lid: "13" };
  apply({ kind: "edited", ...about("A", "E"), peer: stranger, text: "forged" });
  apply({ kind: "revoked", ...about("A", "D"), from_me: true });
  expect(message(store)).toMatchObject({ text: { body: "hello" }, revoked_at: null });
});

test("what could not be read is asked for until it is here, over restarts", () => {
  const { store, received, stanza, reopened } = given();
  stanza("A", "missing");
  stanza("A", "missing");
  expect(store.missing.all()).toHaveLength(1);
  expect(reopened().missing.all()).toEqual(store.missing.all());
  received("A");
  expect(store.missing.all()).toEqual([]);
  expect(events(store)).toEqual(["message.received"]);
});

test("what is in the journal is not missing, however often it comes again", () => {
  const { store, apply, received, about, stanza } = given();
  received("A");
  apply({ kind: "reaction", ...about("A", "R"), to_ours: false, emoji: "👍" });
  stanza("P", "empty");
  for (const waId of ["A", "R", "P"]) stanza(waId, "missing");
  expect(store.missing.all()).toEqual([]);
});

test("what the phone never resends is shown as a message that cannot be read, and may still come", () => {
  const { store, received, stanza } = given();
  stanza("A", "missing");
  stanza("A", "unanswered");
  stanza("A", "unanswered");
  expect(message(store)).toMatchObject({ type: "unsupported", state: "received" });
  expect(store.missing.all()).toHaveLength(1);
  received("A", "at last");
  received("A", "at last");
  expect(message(store)).toMatchObject({ type: "text", text: { body: "at last" } });
  expect(store.missing.all()).toEqual([]);
  expect(events(store)).toEqual(["message.received", "message.received"]);
  expect(store.messages.last()).toBe(1);
});

test("an edit of a message that could not be read says what it says now", () => {
  const { store, apply, stanza, about } = given();
  stanza("A", "missing");
  apply({ kind: "edited", ...about("A", "E"), text: "what I meant" });
  expect(message(store)).toMatchObject({ type: "text", text: { body: "what I meant" } });
});

test("another person's stanza of the same id does not end the search", () => {
  const { store, received, stanza } = given();
  stanza("A", "missing");
  received("A", "mine", { peer: { phone: "666", lid: null } });
  expect(store.missing.all()).toHaveLength(1);
});

test("with too many missing the oldest is shown instead of being forgotten", () => {
  const { store, stanza } = given();
  for (let number = 0; number <= 500; number++) stanza(`S${number}`, "missing");
  expect(store.missing.all()).toHaveLength(500);
  expect(store.messages.find(1)).toMatchObject({ waId: "S0", isMissing: true });
});
