import { expect, test } from "vitest";
import { chatTitle, initialsOf } from "./chat-title.ts";

test("a person is called by name, else by number as people write it", () => {
  expect(chatTitle({ name: "Ana Souza", phone: "+5511999990000" })).toBe("Ana Souza");
  expect(chatTitle({ name: null, phone: "+5511999990000" })).toBe("+55 11 99999 0000");
});

test("whoever hides the number is not shown by an internal id", () => {
  expect(chatTitle({ name: null, phone: null })).toBe("Number hidden");
});

test.each([
  ["Ana Souza", "AS"],
  ["Ana Maria de Souza", "AS"],
  ["ana", "A"],
  ["👩‍🚀 Zoe", "👩‍🚀Z"],
  ["+55 11 99999 0042", "42"],
])("%s becomes %s", (title, initials) => {
  expect(initialsOf(title)).toBe(initials);
});
