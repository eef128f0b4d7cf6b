import { expect, test } from "vitest";
import { counted, percentOf } from "./numbers.ts";

test("what is counted agrees with its number", () => {
  expect(counted(0, "message")).toBe("no messages");
  expect(counted(1, "message")).toBe("1 message");
  expect(counted(12_345, "reply", "replies")).toBe("12,345 replies");
});

test("a limit of nothing is full, and no bar is longer than its place", () => {
  expect(percentOf(0, 0)).toBe(100);
  expect(percentOf(3, 2)).toBe(100);
  expect(percentOf(1, 4)).toBe(25);
});
