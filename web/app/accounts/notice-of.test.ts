import { AccountState } from "@roost/contract/accounts";
import { type ReasonCode, reason, reasons } from "@roost/contract/reasons";
import { expect, test } from "vitest";
import { noticeOf } from "./notice-of.ts";

const quiet = new Set<AccountState>(["unlinked", "linking"]);
const codes = Object.keys(reasons) as ReasonCode[];

test("whatever the state and the reason, something is said or the page says it", () => {
  for (const state of AccountState.options) {
    for (const code of codes) {
      const notice = noticeOf({ state, reason: reason(code) });
      expect(notice === null).toBe(quiet.has(state));
    }
  }
});

test("an account that works says nothing", () => {
  expect(noticeOf({ state: "connected", reason: null })).toBeNull();
});

test("a stopped account offers what helps: a restart, or a reset where that would not", () => {
  expect(noticeOf({ state: "parked", reason: reason("gave_up") })?.deed).toBe("restart");
  expect(noticeOf({ state: "parked", reason: reason("credentials_refused") })?.deed).toBe("reset");
});

test("a ban that ends by itself asks for nothing", () => {
  expect(noticeOf({ state: "banned", reason: reason("temporarily_banned") })?.deed).toBeNull();
  expect(noticeOf({ state: "banned", reason: reason("banned") })?.deed).toBe("restart");
});
