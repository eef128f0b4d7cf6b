import { expect, test } from "vitest";
import { readRecipient } from "./recipient.ts";

test.each([
  "+5511999990000",
  "5511999990000",
  "+55 (11) 99999-0000",
  "55.11.99999.0000",
  "5511999990000@s.whatsapp.net",
  "5511999990000@c.us",
  "5511999990000:12@s.whatsapp.net",
])("%s is a phone number", (text) => {
  expect(readRecipient(text)).toEqual({
    kind: "person",
    peer: { phone: "5511999990000", lid: null },
    address: "+5511999990000",
  });
});

test("a LID is a person whose number we may not know", () => {
  expect(readRecipient("123456789012345@lid")).toEqual({
    kind: "person",
    peer: { phone: null, lid: "123456789012345" },
    address: "123456789012345@lid",
  });
});

test("groups and contacts are told apart from nonsense", () => {
  expect(readRecipient("120363041234567890@g.us").kind).toBe("group");
  expect(readRecipient(`con_${"0".repeat(26)}`).kind).toBe("contact");
});

test.each([
  "",
  "hello",
  "+0123456789",
  "12345",
  "+1234567890123456",
  "5511@example.com",
  "+55 11 x",
])("%j is nobody", (text) => {
  expect(readRecipient(text).kind).toBe("invalid");
});
