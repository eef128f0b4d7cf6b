import type { Limits } from "@roost/contract/accounts";
import type { Lane } from "@roost/contract/messages";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  countMessage,
  isClockBehind,
  laneRoom,
  noSends,
  type Sends,
  setSendsBack,
} from "./budgets.ts";
import { defaultLimits } from "./default-limits.ts";
import { LANES } from "../leases/lanes.ts";
import { nextLease } from "../leases/next-lease.ts";
import type { Grade } from "../leases/stranger.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const limits: Limits = {
  ...defaultLimits(false),
  per_minute: 10,
  per_hour: 40,
  per_day: 90,
  campaign_gap_ms: { min: 0, max: 0 },
};
const NEW_CHATS = 12;
const UNTIL_SENT_MS = 70_000;

/** A message in a host's hands: when it goes out, and when its outcome is heard. */
type InFlight = {
  lane: Lane;
  grade: Grade;
  wireAt: number;
  outcomeAt: number;
};
type OnWire = Pick<InFlight, "lane" | "grade"> & { at: number };

const step = fc.record({
  waitMs: fc.oneof(fc.nat(5_000), fc.nat(20 * MINUTE), fc.nat(6 * HOUR)),
  due: fc.record({ reply: fc.nat(8), direct: fc.nat(8), campaign: fc.nat(12) }),
  wireMs: fc.nat(UNTIL_SENT_MS),
  ackMs: fc.nat(15_000),
  event: fc.constantFrom("none", "none", "restart", "takeover", "offer", "clock_back"),
  backMs: fc.oneof(fc.nat(5_000), fc.nat(30 * MINUTE), fc.nat(3 * DAY)),
});

/** Runs the account's decisions against hosts that are slow, die, and are replaced. In true time. */
function simulate(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
  let sends: Sends = noSends();
  let now = 1_000_000_000_000;
  let behind = 0;
  let inFlight: InFlight[] = [];
  const wire: OnWire[] = [];
  const due: Record<Lane, Record<Grade, number>> = {
    reply: { known: 0, unanswered: 0, new: 0 },
    direct: { known: 0, unanswered: 0, new: 0 },
    campaign: { known: 0, unanswered: 0, new: 0 },
  };
  const inHand = () => ({
    reply: inFlight.filter(({ lane }) => lane === "reply").length,
    direct: inFlight.filter(({ lane }) => lane === "direct").length,
    campaign: inFlight.filter(({ lane }) => lane === "campaign").length,
    newChats: inFlight.filter(({ grade }) => grade === "new").length,
  });
  for (const { waitMs, due: more, wireMs, ackMs, event, backMs } of steps) {
    now += waitMs;
    if (event === "clock_back") behind += backMs;
    if (event === "restart") sends = JSON.parse(JSON.stringify(sends)) as Sends;
    const clock = now - behind;
    if (isClockBehind(sends, clock)) setSendsBack(sends, clock);
    for (const done of inFlight.filter(({ outcomeAt }) => outcomeAt <= now)) {
      wire.push({ lane: done.lane, grade: done.grade, at: done.wireAt });
      countMessage(sends, done.lane, done.grade, clock);
      inFlight = inFlight.filter((message) => message !== done);
    }
    if (event === "takeover" || event === "offer") {
      for (const lost of inFlight) {
        countMessage(sends, lost.lane, lost.grade, clock);
        const isOut = lost.wireAt <= now;
        if (event === "takeover") {
          // Another host knows nothing of what this one did, and may send it once more.
          if (isOut) wire.push({ lane: lost.lane, grade: lost.grade, at: lost.wireAt });
          due[lost.lane][lost.grade] += 1;
          continue;
        }
        // The same host sends it once, and says late what became of it.
        if (!isOut) lost.wireAt = now + wireMs;
        lost.outcomeAt = Math.max(now, lost.wireAt) + ackMs;
      }
      if (event === "takeover") inFlight = [];
    }
    for (const lane of LANES) {
      due[lane][lane === "reply" ? "known" : "new"] += more[lane];
      due[lane].known += Math.floor(more[lane] / 2);
    }
    for (;;) {
      const { picks } = nextLease(
        {
          isConnected: true,
          notConnectedReason: null,
          queueState: "active",
          queueReason: null,
          due,
          inHand: inHand(),
          sends,
          limits,
          newChats: { limit: NEW_CHATS, reason: "warm_up", until: null },
          capLeft: null,
          gates: { direct: null, campaign: null, strangers: null },
          campaignSlots: 20,
        },
        clock,
      );
      if (picks.length === 0) break;
      for (const { lane, count, newChats } of picks) {
        for (let i = 0; i < count; i++) {
          const grade: Grade = i < newChats ? "new" : "known";
          due[lane][grade] -= 1;
          const wireAt = now + wireMs;
          inFlight.push({ lane, grade, wireAt, outcomeAt: wireAt + ackMs });
        }
      }
    }
  }
  for (const { lane, grade, wireAt } of inFlight) wire.push({ lane, grade, at: wireAt });
  return wire;
}

function expectWithin(wire: readonly OnWire[], windowMs: number, most: number): void {
  const times = wire.map(({ at }) => at).sort((a, b) => a - b);
  for (let i = most; i < times.length; i++) {
    const [first = 0, last = 0] = [times[i - most], times[i]];
    expect(last - first).toBeGreaterThanOrEqual(windowMs);
  }
}

test("no window of any lane is ever exceeded on the wire: late sends, restarts, lost hosts, clocks set back", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const wire = simulate(steps);
      const cold = wire.filter(({ lane }) => lane !== "reply");
      const campaign = wire.filter(({ lane }) => lane === "campaign");
      expectWithin(wire, MINUTE, 10);
      expectWithin(wire, HOUR, 40);
      expectWithin(wire, DAY, 90);
      expectWithin(cold, MINUTE, 9);
      expectWithin(cold, HOUR, 36);
      expectWithin(cold, DAY, 81);
      expectWithin(campaign, MINUTE, 6);
      expectWithin(campaign, HOUR, 24);
      expectWithin(campaign, DAY, 54);
      expectWithin(
        wire.filter(({ grade }) => grade === "new"),
        DAY,
        NEW_CHATS,
      );
    }),
    { numRuns: 300 },
  );
});

const nothingInHand = { reply: 0, direct: 0, campaign: 0, newChats: 0 };

test("a clock that was years ahead closes the windows for a day and an hour at the most", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 1, max: 90 }), (days, n) => {
      const sends = noSends();
      const right = 1_000_000_000_000;
      for (let i = 0; i < 10; i++) countMessage(sends, "reply", "known", right - 1_000);
      const wrong = right + days * DAY;
      for (let i = 0; i < n; i++) countMessage(sends, "reply", "known", wrong);
      const back = right + 2_000;
      if (isClockBehind(sends, back)) setSendsBack(sends, back);
      // Those of before the jump are still in the minute.
      expect(laneRoom("reply", sends, limits, nothingInHand, back).left).toBe(0);
      const later = back + DAY + HOUR;
      expect(laneRoom("reply", sends, limits, nothingInHand, later).left).toBe(10);
    }),
  );
});

test("however much the other lanes send, replies have room", () => {
  const now = 1_000_000_000_000;
  const sends = noSends();
  for (const lane of ["campaign", "direct"] as const) {
    while (laneRoom(lane, sends, limits, nothingInHand, now).left > 0) {
      countMessage(sends, lane, "known", now);
    }
  }
  expect(laneRoom("campaign", sends, limits, nothingInHand, now)).toMatchObject({
    left: 0,
    reason: "lane_share",
  });
  expect(laneRoom("reply", sends, limits, nothingInHand, now).left).toBe(1);
});
