import { expect, test } from "vitest";
import { time } from "./present.ts";

test("a time that no calendar has, told by WhatsApp or a wrong clock, is shown as the last one", () => {
  expect(time(Number.MAX_SAFE_INTEGER)).toBe(new Date(8.64e15).toISOString());
  expect(time(-Number.MAX_SAFE_INTEGER)).toBe(new Date(-8.64e15).toISOString());
});
