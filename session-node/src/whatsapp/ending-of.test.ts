import { expect, test } from "vitest";
import { endingOf } from "./ending-of.ts";

/** What Baileys makes of the end: an error with a status, and the stanza's attributes. */
const refusal = (code: number, attrs: object = {}) =>
  Object.assign(new Error("Connection Failure"), { output: { statusCode: code }, data: attrs });

test("a ban says how long it lasts, or until when", () => {
  expect(endingOf(refusal(402, { expire: "3600" }), 5_000)).toEqual({
    cause: "upstream",
    code: 402,
    until: 3_605_000,
  });
  const at = 1_900_000_000;
  expect(endingOf(refusal(402, { expire: String(at) }), 5_000).until).toBe(at * 1_000);
});

test.each([{}, { expire: "" }, { expire: "soon" }, { expire: "-1" }])(
  "with %j nobody knows how long",
  (attrs) => expect(endingOf(refusal(402, attrs), 0).until).toBeNull(),
);

test("an end without an error, or with one of another kind, has no code", () => {
  for (const error of [undefined, null, 1006, new Error("x")]) {
    expect(endingOf(error, 0)).toEqual({ cause: "upstream", code: null, until: null });
  }
});
