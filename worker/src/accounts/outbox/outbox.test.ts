import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Outbox } from "./outbox.ts";
import type { Grade } from "../leases/stranger.ts";
import type { StoredMessage } from "../stored.ts";

const everybodyKnown = () => ({ chat: 1, grade: "known" as const });

function message(n: number, facts: Partial<StoredMessage["out"]> = {}, state = "accepted") {
  const out = { lane: "direct", priority: 5, sendAt: null, expiresAt: null, ...facts };
  // Only what the outbox reads.
  return { n, states: [[state, 0]], out } as unknown as StoredMessage;
}

test("replies go before direct messages, urgent before others, and else the first come", () => {
  const outbox = new Outbox(everybodyKnown);
  outbox.place(message(1));
  outbox.place(message(2, { priority: 10 }));
  outbox.place(message(3, { lane: "reply", priority: 0 }));
  outbox.place(message(4));
  expect(outbox.first(10)).toEqual([3, 2, 1, 4]);
  expect(outbox.first(2)).toEqual([3, 2]);
});

test("what a host returned goes before what was accepted later", () => {
  const outbox = new Outbox(everybodyKnown);
  for (const n of [1, 2]) outbox.place(message(n, {}, "leased"));
  outbox.place(message(3));
  outbox.place(message(2));
  outbox.place(message(1));
  expect(outbox.first(10)).toEqual([1, 2, 3]);
});

test("a scheduled message is found when its time comes, an expired one when its time is over", () => {
  const outbox = new Outbox(everybodyKnown);
  outbox.place(message(1, { sendAt: 1_000, expiresAt: 5_000 }, "scheduled"));
  expect(outbox.nextAt()).toBe(1_000);
  expect(outbox.ripe(999)).toEqual({ due: [], expired: [] });
  expect(outbox.ripe(1_000)).toEqual({ due: [1], expired: [] });
  outbox.place(message(1, { sendAt: 1_000, expiresAt: 5_000 }));
  expect(outbox.nextAt()).toBeLessThanOrEqual(5_000);
  expect(outbox.ripe(5_000).expired).toEqual([1]);
});

test("many that come back at once keep the order of acceptance", () => {
  const outbox = new Outbox(everybodyKnown);
  for (let n = 1; n <= 100; n++) outbox.place(message(n, {}, "leased"));
  for (let n = 101; n <= 110; n++) outbox.place(message(n));
  for (let n = 100; n >= 1; n--) outbox.place(message(n));
  expect(outbox.first(200)).toEqual(Array.from({ length: 110 }, (_, i) => i + 1));
  outbox.place(message(50, {}, "leased"));
  expect(outbox.first(200)).not.toContain(50);
  outbox.place(message(50));
  expect(outbox.first(51).at(-2)).toBe(50);
});

test("what waits is counted by lane and state", () => {
  const outbox = new Outbox(everybodyKnown);
  outbox.place(message(1));
  outbox.place(message(2, { lane: "campaign", sendAt: 9 }, "scheduled"));
  outbox.place(message(3, { lane: "reply" }, "leased"));
  outbox.place(message(4, { lane: "reply" }));
  expect(outbox.laneCounts()).toEqual({
    reply: { accepted: 1, scheduled: 0, leased: 1 },
    direct: { accepted: 1, scheduled: 0, leased: 0 },
    campaign: { accepted: 0, scheduled: 1, leased: 0 },
  });
  outbox.place(message(3, { lane: "reply" }, "sent"));
  expect(outbox.counts()).toEqual({ accepted: 2, scheduled: 1, leased: 0, unconfirmed: 0 });
});

test("people who never wrote to us are passed over while they must wait, and nobody behind them", () => {
  const grades = new Map<number, Grade>([
    [1, "new"],
    [2, "unanswered"],
    [3, "known"],
    [4, "new"],
  ]);
  const outbox = new Outbox(({ n }) => ({ chat: n, grade: grades.get(n) ?? "known" }));
  for (const n of [1, 2, 3, 4]) outbox.place(message(n));
  const pick = (grades: Grade[], newChats: number) =>
    outbox.pick([{ lane: "direct", count: 10, grades, newChats }], 10);
  expect(pick(["known"], 0)).toEqual([3]);
  expect(pick(["known", "unanswered", "new"], 1)).toEqual([1, 2, 3]);
  expect(pick(["known", "unanswered", "new"], 2)).toEqual([1, 2, 3, 4]);
  grades.set(1, "known");
  outbox.regrade(1, (n) => message(n));
  expect(pick(["known"], 0)).toEqual([1, 3]);
  expect(outbox.due("direct")).toEqual({ known: 2, unanswered: 1, new: 1 });
});

test("counts are those of the messages, lane by lane, whatever happens to them", () => {
  const step = fc.record({
    n: fc.integer({ min: 1, max: 12 }),
    state: fc.constantFrom("accepted", "scheduled", "leased", "unconfirmed", "sent", "failed"),
    regrade: fc.boolean(),
  });
  const lanes = ["reply", "direct", "campaign"] as const;
  const laneOf = (n: number) => lanes[n % 3] ?? "direct";
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const states = new Map<number, string>();
      const grades = new Map<number, Grade>();
      const outbox = new Outbox(({ n }) => ({ chat: n, grade: grades.get(n) ?? "new" }));
      const made = (n: number) => message(n, { lane: laneOf(n) }, states.get(n));
      for (const { n, state, regrade } of steps) {
        states.set(n, state);
        outbox.place(made(n));
        if (regrade) {
          grades.set(n, "unanswered");
          outbox.regrade(n, made);
        }
      }
      const numbers = (is: (n: number, state: string) => boolean) =>
        [...states].filter(([n, state]) => is(n, state)).map(([n]) => n);
      for (const lane of lanes) {
        const inLane = (state: string) => numbers((n, s) => laneOf(n) === lane && s === state);
        expect(outbox.laneCounts()[lane]).toEqual({
          accepted: inLane("accepted").length,
          scheduled: inLane("scheduled").length,
          leased: inLane("leased").length,
        });
        const { known, unanswered, new: fresh } = outbox.due(lane);
        expect(known + unanswered + fresh).toBe(inLane("accepted").length);
      }
      expect(outbox.inHand().length).toBe(numbers((_, state) => state === "leased").length);
      expect(outbox.first(100).sort((a, b) => a - b)).toEqual(
        numbers((_, state) => state === "accepted").sort((a, b) => a - b),
      );
    }),
  );
});
