import * as fc from "fast-check";
import { expect, test } from "vitest";
import { givenStore } from "../../../test/workers/given-store.ts";
import { nextPhoneWarning, phoneWarning, watchPhone } from "./phone-watch.ts";
import { factsAfter } from "./standing.ts";

const DAY = 86_400_000;
const linked = { phone: "491511", state: "connected", phoneSeenAt: 0 } as const;

test.each([
  [0, null],
  [10 * DAY - 1, null],
  [10 * DAY, "phone_unseen_10_days"],
  [12 * DAY, "phone_unseen_12_days"],
  [13 * DAY, "phone_unseen_13_days"],
  [40 * DAY, "phone_unseen_13_days"],
])("after %i ms without the phone: %s", (now, warning) => {
  expect(phoneWarning(linked, now)).toBe(warning);
});

test("a phone is missed in every state in which it is linked, and in no other", () => {
  for (const state of ["connecting", "reconnecting", "restricted", "parked", "banned"] as const) {
    expect(phoneWarning({ ...linked, state }, 11 * DAY)).toBe("phone_unseen_10_days");
  }
  for (const state of ["unlinked", "linking", "logged_out"] as const) {
    expect(phoneWarning({ ...linked, state }, 11 * DAY)).toBeNull();
    expect(nextPhoneWarning({ ...linked, state }, 0)).toBeNull();
  }
  // An account of before the first report: nobody knows, so nothing is said.
  expect(phoneWarning({ phone: "491511", state: "connected" }, 99 * DAY)).toBeNull();
});

test("the next warning is exactly when there is something else to say", () => {
  fc.assert(
    fc.property(fc.nat(20 * DAY), (now) => {
      const at = nextPhoneWarning(linked, now) ?? Number.POSITIVE_INFINITY;
      expect(at).toBeGreaterThan(now);
      const before = phoneWarning(linked, Math.min(at - 1, 99 * DAY));
      expect(before).toBe(phoneWarning(linked, now));
      expect(at === Number.POSITIVE_INFINITY || phoneWarning(linked, at) !== before).toBe(true);
    }),
  );
});

test("each warning is one event, and so is the phone's return", () => {
  const { store } = givenStore();
  store.setAccount({ phoneSeenAt: 0 });
  const told = () =>
    store.journal
      .after(0, 100)
      .filter(({ type }) => type === "account.health_changed")
      .map(({ content }) => (content as { reason: { code: string } }).reason.code);
  for (const day of [1, 9, 10, 10, 11, 12, 13, 13.5]) watchPhone(store, day * DAY);
  const warnings = ["phone_unseen_10_days", "phone_unseen_12_days", "phone_unseen_13_days"];
  expect(told()).toEqual(warnings);
  const { id: account } = store.account();
  const report = { kind: "phone_seen", account, epoch: 1, at: 13.6 * DAY } as const;
  store.setAccount(factsAfter(store.account(), report, 13.6 * DAY));
  watchPhone(store, 13.6 * DAY);
  watchPhone(store, 14 * DAY);
  expect(told()).toEqual([...warnings, "phone_seen_again"]);
  expect(nextPhoneWarning(store.account(), 14 * DAY)).toBe(13.6 * DAY + 10 * DAY);
});

test("an account that was unlinked meanwhile is not told that its phone came back", () => {
  const { store } = givenStore();
  store.setAccount({ phoneSeenAt: 0 });
  watchPhone(store, 11 * DAY);
  const before = store.journal.last();
  store.setAccount({ state: "unlinked" });
  watchPhone(store, 12 * DAY);
  expect(store.journal.last()).toBe(before);
  expect(store.account().phoneWarning).toBeNull();
});
