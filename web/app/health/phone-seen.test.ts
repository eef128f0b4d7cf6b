import { expect, test } from "vitest";
import { daysUnseen } from "./phone-seen.ts";

test("days are whole, and a clock that is ahead counts as today", () => {
  const now = Date.parse("2026-11-20T12:00:00.000Z");
  expect(daysUnseen("2026-11-10T12:00:01.000Z", now)).toBe(9);
  expect(daysUnseen("2026-11-10T12:00:00.000Z", now)).toBe(10);
  expect(daysUnseen("2026-11-20T12:00:05.000Z", now)).toBe(0);
});
