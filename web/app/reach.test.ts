import { expect, test } from "vitest";
import { isUnreachable, unreachable } from "./reach.ts";

function givenForm(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

test.each([
  new TypeError("Failed to fetch"),
  new TypeError("NetworkError when attempting to fetch resource."),
  new TypeError("Load failed"),
  new Error("Unable to decode turbo-stream response from URL: http://localhost/chats.data"),
])("no answer of Roost is not a failure of Roost: %s", (error) => {
  expect(isUnreachable(error)).toBe(true);
});

test.each([new TypeError("x is not a function"), new Error("boom"), { status: 500 }, null])(
  "a failure of the page or of Roost is not called a missing network: %s",
  (error) => {
    expect(isUnreachable(error)).toBe(false);
  },
);

test("what was typed and its key are kept for the next try, secrets are not", () => {
  const form = givenForm({ intent: "send", text: "hi", idempotency_key: "k", password: "p" });
  const { intent, values } = unreachable(form, true);
  expect(intent).toBe("send");
  expect(values).toEqual({ intent: "send", text: "hi", idempotency_key: "k" });
});

test("that nothing was sent is said only when nothing can have been", () => {
  expect(unreachable(givenForm({}), true).detail).toMatch(/Nothing was sent; try again\.$/);
  const keyed = givenForm({ idempotency_key: "k" });
  expect(unreachable(keyed, false).detail).toMatch(/Try again; nothing is sent twice\.$/);
  expect(unreachable(givenForm({}), false).detail).toMatch(/reached\. Try again\.$/);
});
