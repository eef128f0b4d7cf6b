import { expect, test } from "vitest";
import { messageOf } from "./log.ts";

test("an error is told without the numbers of people in it", () => {
  const error = new Error("No session for 4915112345678.0 at 4915112345678@s.whatsapp.net");
  expect(messageOf(error)).toBe("No session for ….0 at …@s.whatsapp.net");
  expect(messageOf("connect ECONNREFUSED 127.0.0.1:21000")).toBe(
    "connect ECONNREFUSED 127.0.0.1:21000",
  );
});
