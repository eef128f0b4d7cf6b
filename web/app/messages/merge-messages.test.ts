import type { MessageData } from "@roost/contract/events";
import { numberedId } from "@roost/contract/ids";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mergeMessages } from "./merge-messages.ts";
import { progressOf } from "./ticks.ts";

const account = `acc_${"0".repeat(26)}` as const;

const LATER = "2026-11-20T12:00:00.000Z";

function givenMessage(number: number, state: MessageData["state"]): MessageData {
  return {
    id: numberedId("message", account, number),
    account,
    chat: numberedId("chat", account, 1),
    direction: state === "received" ? "inbound" : "outbound",
    origin: state === "received" ? "contact" : "api",
    from: null,
    to: "+5511999990000",
    contact: null,
    type: "text",
    text: { body: `message ${number}` },
    reply_to: null,
    state,
    lane: "direct",
    priority: 5,
    send_at: null,
    expires_at: null,
    client_reference: null,
    wa_id: null,
    error: null,
    edited_at: null,
    revoked_at: null,
    reactions: [],
    created_at: new Date(1_700_000_000_000 + number).toISOString(),
  };
}

function live(...messages: MessageData[]): Map<string, MessageData> {
  return new Map(messages.map((message) => [message.id, message]));
}

const states = (messages: MessageData[]) => messages.map((message) => message.state);

test("a tick from the stream replaces the one that the page was loaded with", () => {
  const merged = mergeMessages([givenMessage(1, "accepted")], live(givenMessage(1, "read")), 25);
  expect(states(merged)).toEqual(["read"]);
});

test("a list that was loaded after the event is not set back by it", () => {
  const merged = mergeMessages([givenMessage(1, "read")], live(givenMessage(1, "sent")), 25);
  expect(states(merged)).toEqual(["read"]);
});

test("an older tick does not bring back a text that was edited or taken back since", () => {
  const edited = { ...givenMessage(1, "sent"), text: { body: "new" }, edited_at: LATER };
  const [shown] = mergeMessages([edited], live(givenMessage(1, "read")), 25);
  expect(shown).toMatchObject({ state: "read", text: { body: "new" }, edited_at: LATER });

  const { text: _, ...without } = givenMessage(1, "sent");
  const [revoked] = mergeMessages(
    [givenMessage(1, "read")],
    live({ ...without, revoked_at: LATER }),
    25,
  );
  expect(revoked).toMatchObject({ state: "read", revoked_at: LATER });
  expect(revoked?.text).toBeUndefined();
});

test("a message that arrives stands above the others", () => {
  const merged = mergeMessages([givenMessage(1, "read")], live(givenMessage(2, "received")), 25);
  expect(states(merged)).toEqual(["received", "read"]);
});

test("an event of a message from an earlier page does not bring it back", () => {
  const listed = [givenMessage(9, "sent"), givenMessage(8, "sent")];
  expect(mergeMessages(listed, live(givenMessage(3, "read")), 2)).toHaveLength(2);
});

test("whatever the order of lists and events, no message twice and none set back", () => {
  const some = fc.array(
    fc.record({
      number: fc.integer({ min: 1, max: 6 }),
      state: fc.constantFrom<MessageData["state"]>("accepted", "sending", "sent", "read", "failed"),
    }),
  );
  fc.assert(
    fc.property(some, some, (first, second) => {
      const given = (list: typeof first) =>
        live(...list.map(({ number, state }) => givenMessage(number, state)));
      const listed = [...given(first).values()].sort((a, b) => (a.id < b.id ? 1 : -1));
      const events = given(second);
      const merged = mergeMessages(listed, events, 25);
      const ids = merged.map((message) => message.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(ids.toSorted().toReversed());
      for (const message of [...listed, ...events.values()]) {
        const shown = merged.find(({ id }) => id === message.id);
        expect(progressOf(shown?.state ?? "received")).toBeGreaterThanOrEqual(
          progressOf(message.state),
        );
      }
    }),
  );
});
