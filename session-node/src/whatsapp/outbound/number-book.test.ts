import { expect, test } from "vitest";
import { normalisedMatches, NumberBook } from "./number-book.ts";

test("a number that was found is believed for a day, a missing one for ten minutes", () => {
  let now = 0;
  const book = new NumberBook(() => now);
  expect(book.find("1")).toBeUndefined();
  book.note("1", "1");
  book.note("2", null);
  expect(book.find("1")).toBe("1");
  expect(book.find("2")).toBeNull();
  now = 11 * 60_000;
  expect(book.find("1")).toBe("1");
  expect(book.find("2")).toBeUndefined();
  now = 25 * 3_600_000;
  expect(book.find("1")).toBeUndefined();
});

test("numbers that are answered as asked match, the others are not there", () => {
  expect(normalisedMatches(["1", "2"], ["2"])).toEqual(
    new Map([
      ["2", "2"],
      ["1", null],
    ]),
  );
});

test("a number that WhatsApp writes differently is found under its own form", () => {
  // Brazil: WhatsApp knows many mobile numbers without their ninth digit.
  const matches = normalisedMatches(["5511999990000", "1"], ["551199990000", "1"]);
  expect(matches.get("5511999990000")).toBe("551199990000");
});

test("several odd answers cannot be told apart, so nothing is claimed", () => {
  expect(normalisedMatches(["1", "2"], ["10", "20"])).toEqual(new Map());
});
