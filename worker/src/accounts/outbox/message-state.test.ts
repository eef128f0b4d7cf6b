import type { MessageState } from "@roost/contract/messages";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isFinal, isOpen, statesAfter } from "./message-state.ts";

const facts = [
  "accepted",
  "leased",
  "sent",
  "delivered",
  "read",
  "played",
  "unconfirmed",
  "failed",
  "expired",
  "cancelled",
] as const satisfies readonly MessageState[];
const anyFacts = fc.array(fc.constantFrom(...facts), { maxLength: 12 });

/** The whole history of a message that was accepted and about which all this is heard. */
function history(heard: readonly MessageState[]): MessageState[] {
  const states: MessageState[] = ["accepted"];
  for (const fact of heard) states.push(...statesAfter(states.at(-1) ?? "accepted", fact));
  return states;
}

test("what WhatsApp confirmed is never taken back, in whatever order news comes", () => {
  const order: readonly MessageState[] = ["sent", "delivered", "read", "played"];
  fc.assert(
    fc.property(anyFacts, (heard) => {
      const confirmed = history(heard).filter((state) => order.includes(state));
      expect(confirmed).toEqual(order.slice(0, confirmed.length));
    }),
  );
});

test("news that is repeated at once changes nothing", () => {
  fc.assert(
    fc.property(anyFacts, (heard) => {
      const twice = heard.flatMap((fact) => [fact, fact]);
      expect(history(twice)).toEqual(history(heard));
    }),
  );
});

test("a message has at most one end, and after it only what WhatsApp confirms", () => {
  const ends = new Set<MessageState>(["failed", "expired", "cancelled"]);
  const confirmed = new Set<MessageState>(["sent", "delivered", "read", "played"]);
  fc.assert(
    fc.property(anyFacts, (heard) => {
      const states = history(heard);
      const end = states.findIndex((state) => ends.has(state));
      const after = end === -1 ? [] : states.slice(end + 1);
      expect(after.every((state) => confirmed.has(state))).toBe(true);
    }),
  );
});

test.each(["failed", "expired", "cancelled"] as const)("a receipt overrides %s", (state) => {
  expect(statesAfter(state, "delivered")).toEqual(["sent", "delivered"]);
  expect(statesAfter(state, "sent")).toEqual(["sent"]);
  expect(statesAfter(state, "unconfirmed")).toEqual([]);
  expect(statesAfter(state, "accepted")).toEqual([]);
});

test("read implies sent and delivered, even when their receipts are lost", () => {
  expect(statesAfter("leased", "read")).toEqual(["sent", "delivered", "read"]);
  expect(statesAfter("unconfirmed", "delivered")).toEqual(["sent", "delivered"]);
});

test("a delivered receipt after read is late and changes nothing", () => {
  expect(statesAfter("read", "delivered")).toEqual([]);
});

test("what a host has cannot be cancelled or expire; what it returned can", () => {
  expect(statesAfter("leased", "cancelled")).toEqual([]);
  expect(statesAfter("leased", "expired")).toEqual([]);
  expect(statesAfter("leased", "accepted")).toEqual(["accepted"]);
  expect(statesAfter("accepted", "cancelled")).toEqual(["cancelled"]);
});

test("an unconfirmed message is settled by what comes later, and is never due again", () => {
  expect(statesAfter("unconfirmed", "sent")).toEqual(["sent"]);
  expect(statesAfter("unconfirmed", "failed")).toEqual(["failed"]);
  expect(statesAfter("unconfirmed", "accepted")).toEqual([]);
  expect(isOpen("unconfirmed")).toBe(false);
  expect(isFinal("unconfirmed")).toBe(false);
});
