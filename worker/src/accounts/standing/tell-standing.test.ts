import { expect, test } from "vitest";
import { givenStore } from "../../../test/workers/given-store.ts";
import { defaultLimits } from "../limits/default-limits.ts";
import { historyOf } from "./health.ts";
import type { StoredAccount } from "../stored.ts";
import { tellStanding } from "./tell-standing.ts";

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;
const limits = defaultLimits(false);
const locked = (until: number | null, is_active = true) => ({
  timeLock: { is_active, until, kind: null },
  newChatCap: null,
});
const capped = (status: "none" | "first_warning" | "capped") => ({
  timeLock: null,
  newChatCap: { used: 1, total: 10, status, cycle_end: null },
});

/** An account that goes from one standing to the next, and what it tells of each. */
function given(first: Partial<StoredAccount> = {}) {
  const { store } = givenStore();
  store.setAccount(first);
  return (facts: Partial<StoredAccount>, now = NOW, outcomes: boolean[] = []) => {
    const before = store.journal.last();
    store.setAccount(facts);
    for (const isSuccess of outcomes) health(store, isSuccess, now);
    tellStanding(store, limits, now);
    tellStanding(store, limits, now);
    const events = store.journal.after(before, 100);
    const told = events.map(({ type, content }) => {
      expect(type).toBe("account.health_changed");
      return content !== undefined && "reason" in content ? content.reason?.code : null;
    });
    const kept = historyOf(store.health()).map(([, , reason]) => reason);
    for (const code of told) expect(kept).toContain(code);
    return told;
  };
}

/** A message that came to its end. */
function health(store: ReturnType<typeof givenStore>["store"], isSuccess: boolean, now: number) {
  const n = store.messages.last() + 1;
  store.change({
    kind: "message",
    message: {
      n,
      chat: 1,
      before: null,
      direction: "outbound",
      origin: "api",
      address: "+491511",
      type: "text",
      text: "x",
      replyTo: null,
      waId: `3EB0${n}`,
      createdAt: now,
      states: [["accepted", now]],
      error: null,
      attempt: 1,
      mayBeOut: false,
      out: {
        lane: "reply",
        priority: 5,
        pace: "asap",
        sendAt: null,
        expiresAt: null,
        reference: null,
        position: 1,
        estimatedAt: null,
        key: null,
        bodyHash: "",
      },
    },
  });
  store.change({ kind: "state", n, state: isSuccess ? "sent" : "failed", at: now, now });
}

test("nothing to tell is not told", () => {
  expect(given()({})).toEqual([]);
});

test("a time-lock is told when it begins and when it ends, each once", () => {
  const then = given();
  expect(then({ standing: locked(NOW + DAY) })).toEqual(["time_lock"]);
  expect(then({ standing: locked(NOW + DAY) }, NOW + 5)).toEqual([]);
  expect(then({}, NOW + DAY)).toEqual(["time_lock_over"]);
  expect(then({ coldClosedUntil: NOW + 3 * DAY }, NOW + 2 * DAY)).toEqual(["time_lock"]);
  expect(then({ coldClosedUntil: null }, NOW + 2 * DAY)).toEqual(["time_lock_over"]);
});

test("WhatsApp's cap is told with its warning, when it is reached, and when there is room again", () => {
  const then = given();
  expect(then({ standing: capped("first_warning") })).toEqual(["new_chat_cap_warning"]);
  expect(then({ standing: capped("capped") })).toEqual(["new_chat_cap"]);
  expect(then({ standing: capped("none") })).toEqual(["new_chat_cap_over"]);
});

test("a health that falls below 50 is told, and not each failure; so is its recovery", () => {
  const then = given();
  expect(then({}, NOW, Array<boolean>(10).fill(false))).toEqual([]);
  expect(then({}, NOW, [false])).toEqual(["low_health"]);
  expect(then({}, NOW, [false, true, true])).toEqual([]);
  expect(then({}, NOW, Array<boolean>(8).fill(true))).toEqual(["health_recovered"]);
});

test("a stage of the warm-up is told, but not the stage in which an old number is found", () => {
  const stage = (n: number, isHeld = false) => ({ warmUp: { stage: n, since: NOW, isHeld } });
  const then = given();
  expect(then(stage(3))).toEqual([]);
  expect(then(stage(4))).toEqual(["warm_up_raised"]);
  expect(then(stage(4, true))).toEqual(["warm_up_held"]);
  expect(then(stage(4))).toEqual([]);
  expect(then(stage(5))).toEqual(["warm_up_raised"]);
  // From here on only the account's own limit counts.
  expect(then(stage(6))).toEqual([]);
});
