import type { Limits } from "@roost/contract/accounts";
import { expect, test } from "vitest";
import { givenStore } from "../../../test/workers/given-store.ts";
import { defaultLimits } from "../limits/default-limits.ts";
import { estimateFor } from "./estimate.ts";
import { countSent } from "../limits/quota.ts";
import type { StoredAccount } from "../stored.ts";

const NOW = 1_000_000;
const MINUTE = 60_000;
const LIMITS: Limits = { ...defaultLimits(true), per_minute: 2 };

function given(account: Partial<StoredAccount> = {}, sent = 0) {
  const { store } = givenStore();
  store.setAccount(account);
  countSent(store.sends().all, NOW - 10_000, sent);
  return (ahead: number, sendAt: number | null = null) =>
    estimateFor(store, LIMITS, { lane: "reply", grade: "known", ahead, sendAt }, NOW);
}

test("with room it goes out now, or at its time", () => {
  expect(given()(0)).toBe(NOW);
  expect(given()(0, NOW - 5)).toBe(NOW);
  expect(given()(0, NOW + 5_000)).toBe(NOW + 5_000);
});

test.each<[string, Partial<StoredAccount>]>([
  ["a paused queue", { queue: { state: "paused", reason: null } }],
  ["a frozen queue", { queue: { state: "frozen", reason: null } }],
  ["a lost connection", { state: "reconnecting" }],
  ["a phone that logged out", { state: "logged_out" }],
])("with %s nobody knows when", (_, account) => {
  expect(given(account)(0)).toBeNull();
  expect(given(account)(0, NOW + 5_000)).toBeNull();
});

test("a draining queue delivers what it has", () => {
  expect(given({ queue: { state: "draining", reason: null } })(0)).toBe(NOW);
});

test("with the quota used up it is the time when there is room, a window later for each window full", () => {
  const roomAt = NOW - 9_000 + MINUTE;
  const estimate = given({}, 2);
  expect(estimate(0)).toBe(roomAt);
  expect(estimate(1)).toBe(roomAt);
  expect(estimate(2)).toBe(roomAt + MINUTE);
  expect(estimate(0, NOW + 5_000)).toBe(roomAt);
  expect(estimate(0, NOW + 2 * MINUTE)).toBe(NOW + 2 * MINUTE);
});

test("behind more messages than there is room for, nobody knows yet", () => {
  expect(given()(2)).toBeNull();
});

test("behind the gate of the quiet hours it is when they end, and a reply waits for nothing", () => {
  const { store } = givenStore();
  // 1970-01-01 00:16 in UTC.
  const limits = {
    ...LIMITS,
    quiet_hours: { start: "00:00", end: "08:00", time_zone: "UTC" },
  };
  const estimate = (lane: "reply" | "direct", sendAt: number | null = null) =>
    estimateFor(store, limits, { lane, grade: "known", ahead: 0, sendAt }, NOW);
  const eight = 8 * 60 * MINUTE;
  expect(estimate("direct")).toBe(eight);
  expect(estimate("reply")).toBe(NOW);
  expect(estimate("direct", eight + 5)).toBe(eight + 5);
  // A time in the next quiet hours is in the way as well.
  expect(estimate("direct", 24 * 60 * MINUTE + 1)).toBe(24 * 60 * MINUTE + eight);
});

test("a first message waits until a chat may be begun, and nobody knows while WhatsApp says no time", () => {
  const { store } = givenStore();
  const limits = { ...LIMITS, per_minute: 100, new_chats_per_day: 1 };
  const estimate = (grade: "new" | "known") =>
    estimateFor(store, limits, { lane: "direct", grade, ahead: 0, sendAt: null }, NOW);
  expect(estimate("new")).toBe(NOW);
  countSent(store.sends().newChats, NOW);
  expect(estimate("new")).toBeGreaterThanOrEqual(NOW + 24 * 60 * MINUTE);
  expect(estimate("known")).toBe(NOW);
  const timeLock = { is_active: true, until: null, kind: null };
  store.setAccount({ standing: { timeLock, newChatCap: null } });
  expect(estimate("new")).toBeNull();
  expect(estimate("known")).toBe(NOW);
});
