import { expect, test } from "vitest";
import { defaultLimits, limitsInForce } from "./default-limits.ts";

const stored = {
  per_minute: 7,
  per_hour: 70,
  per_day: 700,
  gap_ms: { min: 1, max: 2 },
  typing: { ms_per_character: 1, max_ms: 10 },
};

test("limits that were set before a field existed get its default", () => {
  const defaults = defaultLimits(false);
  expect(limitsInForce(stored, defaults)).toEqual({ ...defaults, ...stored });
});

test("no quiet hours is a setting of its own, not a field left out", () => {
  const hours = { start: "22:00", end: "08:00", time_zone: "Europe/Berlin" };
  const defaults = { ...defaultLimits(false), quiet_hours: hours };
  expect(limitsInForce({ ...stored, quiet_hours: null }, defaults).quiet_hours).toBe(null);
  expect(limitsInForce(stored, defaults).quiet_hours).toEqual(hours);
});
