import { expect, test } from "vitest";
import { barePhone } from "./phone.ts";

test.each([
  ["+55 11 98765-4321", "+5511987654321"],
  [" (11) 98765.4321 ", "11987654321"],
  ["5511987654321@s.whatsapp.net", "5511987654321@s.whatsapp.net"],
  ["Ana Souza", "Ana Souza"],
])("%s is sent to the API as %s", (written, sent) => {
  expect(barePhone(written)).toBe(sent);
});
