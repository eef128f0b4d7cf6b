import type { BinaryNode } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { translateReceipt } from "./translate-receipt.ts";

function receipt(attrs: Record<string, string>, content?: BinaryNode[]): BinaryNode {
  const node = { tag: "receipt", attrs: { id: "A1", from: "1555@s.whatsapp.net", ...attrs } };
  return content ? { ...node, content } : node;
}

test.each([
  [{}, "delivered"],
  [{ type: "inactive" }, "delivered"],
  [{ type: "read" }, "read"],
  [{ type: "played" }, "played"],
])("%j means %s", (attrs, type) => {
  expect(translateReceipt(receipt(attrs))).toMatchObject({ waIds: ["A1"], type });
});

test.each([
  { type: "read-self" },
  { type: "retry" },
  { type: "sender" },
  { type: "peer_msg" },
  { recipient: "1666@s.whatsapp.net" },
  { from: "120363@g.us", participant: "1555@s.whatsapp.net" },
])("%j tells nothing about a message of ours", (attrs) => {
  expect(translateReceipt(receipt(attrs as Record<string, string>))).toBeNull();
});

test("one receipt may speak for many messages", () => {
  const item = (id: string) => ({ tag: "item", attrs: { id } });
  const list = { tag: "list", attrs: {}, content: [item("A2"), item("A3")] };
  expect(translateReceipt(receipt({ type: "read", t: "1700000000" }, [list]))).toEqual({
    waIds: ["A1", "A2", "A3"],
    type: "read",
    peer: { phone: "1555", lid: null },
    at: 1_700_000_000_000,
  });
});

test("a person addressed by LID is known by it", () => {
  expect(translateReceipt(receipt({ from: "77:3@lid" }))?.peer).toEqual({ phone: null, lid: "77" });
});
