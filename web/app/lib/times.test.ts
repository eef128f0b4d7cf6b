import { expect, test } from "vitest";
import { formatDay, formatTime } from "./times.ts";

const at = "2026-11-20T02:05:00.000Z";

test("a time is the same point everywhere and looks alike in every zone", () => {
  expect(formatTime(at, "moment", "UTC")).toBe("20 Nov, 02:05");
  expect(formatTime(at, "moment", "America/Sao_Paulo")).toBe("19 Nov, 23:05");
});

test("midnight is 00, not 24", () => {
  expect(formatTime("2026-11-20T00:00:00.000Z", "time", "UTC")).toBe("00:00");
});

test("a day has a name while it is near, in the reader's zone", () => {
  const now = Date.parse("2026-11-20T12:00:00.000Z");
  expect(formatDay(at, now, "UTC")).toBe("Today");
  expect(formatDay(at, now, "America/Sao_Paulo")).toBe("Yesterday");
  expect(formatDay("2026-11-02T12:00:00.000Z", now, "UTC")).toBe("2 Nov 2026");
});
