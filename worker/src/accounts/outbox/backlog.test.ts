import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BacklogFacts, backlogStep, LONG_GAP_MS, STALE_AFTER_MS } from "./backlog.ts";

const now = 1_000_000_000;
const away = (ms: number) => ({ since: now - ms, isLocked: false });

function facts(changes: Partial<BacklogFacts> = {}): BacklogFacts {
  return {
    state: "connected",
    away: null,
    queueState: "active",
    waiting: 3,
    oldestDueAt: now - LONG_GAP_MS,
    ...changes,
  };
}

test("after a long gap what waited is held, and after a short one it goes out", () => {
  expect(backlogStep(facts({ away: away(LONG_GAP_MS) }), now)).toEqual({
    away: null,
    hold: "backlog_gap",
  });
  expect(backlogStep(facts({ away: away(LONG_GAP_MS - 1) }), now).hold).toBeNull();
});

test("what was asked for only just now is no backlog, however long the gap", () => {
  const fresh = { away: away(LONG_GAP_MS), oldestDueAt: now - STALE_AFTER_MS + 1 };
  expect(backlogStep(facts(fresh), now).hold).toBeNull();
  expect(backlogStep(facts({ ...fresh, oldestDueAt: null }), now).hold).toBeNull();
});

test("a ban holds what waits at once, and only once", () => {
  const first = backlogStep(facts({ state: "banned", away: away(5) }), now);
  expect(first).toEqual({ away: { since: now - 5, isLocked: true }, hold: "backlog_ban" });
  // Somebody resumed the queue: that is an answer.
  expect(backlogStep(facts({ state: "banned", away: first.away }), now).hold).toBeNull();
  expect(backlogStep(facts({ state: "banned", away: null, waiting: 0 }), now).hold).toBeNull();
});

test("an account of before, of which nobody knows since when it is away, begins to count", () => {
  const { away: noted, hold } = backlogStep(facts({ state: "parked", away: undefined }), now);
  expect({ noted, hold }).toEqual({ noted: { since: now, isLocked: false }, hold: null });
});

test("a queue that is held already is left as it is, and a connected account is never away", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("connected", "restricted", "banned", "reconnecting", "parked"),
      fc.constantFrom("active", "paused", "draining", "frozen"),
      fc.option(fc.record({ since: fc.nat(now), isLocked: fc.boolean() })),
      fc.nat(10),
      (state, queueState, gap, waiting) => {
        const step = backlogStep(facts({ state, queueState, away: gap, waiting }), now);
        const isHeld = queueState === "paused" || queueState === "frozen";
        const isHere = state === "connected" || state === "restricted";
        return (!isHeld || step.hold === null) && isHere === (step.away === null);
      },
    ),
  );
});
