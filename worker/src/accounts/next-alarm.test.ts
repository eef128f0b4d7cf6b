import { expect, test } from "vitest";
import { nextAlarm, type Waits } from "./next-alarm.ts";

const nothing: Waits = {
  lease: null,
  outbox: null,
  quota: null,
  standing: null,
  rest: null,
  placement: null,
  start: null,
  link: null,
  resume: null,
  lock: null,
  phone: null,
  projection: null,
};

test("the earliest wait decides, and nothing to wait for sets no alarm", () => {
  expect(nextAlarm(nothing, null, 0)).toBeNull();
  expect(nextAlarm({ ...nothing, lease: 900, link: 500 }, null, 0)).toBe(500);
});

test("an alarm that rings early enough is left alone, as each one set is a row", () => {
  expect(nextAlarm({ ...nothing, lease: 900 }, 800, 0)).toBeNull();
  expect(nextAlarm({ ...nothing, lease: 900 }, 1_000, 0)).toBe(900);
});

test("what is overdue rings soon, never in the past", () => {
  expect(nextAlarm({ ...nothing, lease: 5 }, null, 1_000)).toBeGreaterThan(1_000);
});
