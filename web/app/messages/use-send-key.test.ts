import { expect, test } from "vitest";
import { openKeyOf } from "./use-send-key.ts";

function givenRefusal(code: string, intent = "send") {
  const values = { text: "hi", idempotency_key: "key_1" };
  return { refusal: { intent, code, detail: "", fields: {}, values } };
}

test.each(["unreachable", "unavailable", "internal", "in_flight"])(
  "after %s the next try is the same message",
  (code) => {
    expect(openKeyOf(givenRefusal(code))).toBe("key_1");
  },
);

test("what was taken or refused is over, and the next message is another one", () => {
  expect(openKeyOf({ sent: "msg_1" })).toBeNull();
  expect(openKeyOf(givenRefusal("validation_failed"))).toBeNull();
  expect(openKeyOf(givenRefusal("unreachable", "queue"))).toBeNull();
  expect(openKeyOf(undefined)).toBeNull();
});
