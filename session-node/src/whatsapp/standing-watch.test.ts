import { NewChatCap, TimeLock } from "@roost/contract/host";
import {
  type NewChatMessageCapInfo,
  ReachoutTimelockEnforcementType,
} from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { newChatCapOf, nextAskAt, timeLockOf } from "./standing-watch.ts";

test("a lock is told with its end and its kind, one that is over with neither", () => {
  const enforcementType = ReachoutTimelockEnforcementType.BIZ_QUALITY;
  const locked = timeLockOf({
    isActive: true,
    timeEnforcementEnds: new Date(5_000),
    enforcementType,
  });
  expect(TimeLock.parse(locked)).toEqual({ is_active: true, until: 5_000, kind: "BIZ_QUALITY" });
  const over = { is_active: false, until: null, kind: null };
  expect(timeLockOf({ isActive: false, enforcementType })).toEqual(over);
  expect(timeLockOf({})).toEqual(over);
  // A date that nobody can read ends nothing.
  const odd = timeLockOf({ isActive: true, timeEnforcementEnds: new Date("x") });
  expect(TimeLock.parse(odd)).toMatchObject({ is_active: true, until: null });
});

test.each([
  [{ total_quota: 10, used_quota: 3, capping_status: "FIRST_WARNING" }, "first_warning"],
  [{ total_quota: 10, used_quota: 10, capping_status: "CAPPED" }, "capped"],
  [{ total_quota: 10, used_quota: 10, capping_status: "A_NEW_ONE" }, "capped"],
  [{ total_quota: 10 }, "none"],
])("%j is %s", (info, status) => {
  const cap = newChatCapOf(info as NewChatMessageCapInfo);
  expect(NewChatCap.parse(cap)).toMatchObject({ total: 10, status });
});

test("without a quota there is no cap", () => {
  expect(newChatCapOf({})).toBeNull();
  expect(newChatCapOf({ total_quota: -1 })).toBeNull();
});

test("a lock is asked about when it is over, and one that should be is not asked about at once", () => {
  expect(nextAskAt(5_000, 1_000)).toBe(6_000);
  // Our clock is ahead of WhatsApp's: each answer would be followed by the next question.
  expect(nextAskAt(5_000, 5_000)).toBe(65_000);
  expect(nextAskAt(5_000, 90_000)).toBe(150_000);
});
