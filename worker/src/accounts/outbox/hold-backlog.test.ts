import { expect, test } from "vitest";
import { givenStore, textFor } from "../../../test/workers/given-store.ts";
import { acceptMessage } from "./accept-message.ts";
import { LONG_GAP_MS } from "./backlog.ts";
import { cutLeases } from "../leases/cut-leases.ts";
import { defaultLimits } from "../limits/default-limits.ts";
import { holdBacklog } from "./hold-backlog.ts";
import { presentQueue } from "./present-queue.ts";
import { ripenOutbox } from "./settle-message.ts";

const limits = defaultLimits(true);
const START = 1_000_000;
const BACK = START + LONG_GAP_MS;

function given(sendAt: number | null) {
  const { store } = givenStore();
  holdBacklog(store, START);
  store.setAccount({ state: "reconnecting", reason: "connection_lost" });
  holdBacklog(store, START);
  acceptMessage(store, textFor("5511", { sendAt }), START, limits);
  const back = () => {
    store.setAccount({ state: "connected", reason: null });
    ripenOutbox(store, BACK);
    return holdBacklog(store, BACK);
  };
  return { store, back };
}

test.each([
  ["what waited through a long gap", null],
  ["a scheduled message whose time passed in the gap", START + LONG_GAP_MS / 2],
])("%s is held, a person is asked, and others are accepted all the while", (_, sendAt) => {
  const { store, back } = given(sendAt);
  expect(back()).toBe(true);
  expect(presentQueue(store, limits, BACK)).toMatchObject({
    state: "paused",
    reason: { code: "backlog_gap" },
    waiting_for: { code: "backlog_gap" },
  });
  expect(store.journal.after(0, 100).at(-1)).toMatchObject({
    type: "account.health_changed",
    content: { reason: { code: "backlog_gap" } },
  });
  expect(acceptMessage(store, textFor("5512"), BACK, limits).ok).toBe(true);
  // Whoever resumes it is not asked again for the same gap.
  store.setAccount({ queue: { state: "active", reason: null } });
  expect(holdBacklog(store, BACK + 1)).toBe(false);
  expect(store.account().queue.state).toBe("active");
});

test("a message that is due after the gap is none of it", () => {
  const { store, back } = given(BACK + 1);
  expect(back()).toBe(false);
  expect(store.account().queue.state).toBe("active");
});

test("what a host had in hand when the account went away is held like what waited", () => {
  const { store } = givenStore();
  holdBacklog(store, START);
  acceptMessage(store, textFor("5511"), START, limits);
  const newLeaseId = () => `lse_${"1".repeat(26)}` as const;
  for (const { id } of cutLeases(store, limits, { now: START, random: () => 0, newLeaseId })) {
    store.leases.take(id);
    store.change({ kind: "lease_closed", id, now: START });
  }
  store.setAccount({ state: "reconnecting", reason: "connection_lost" });
  holdBacklog(store, START);
  store.setAccount({ state: "connected", reason: null });
  expect(holdBacklog(store, BACK)).toBe(true);
});
