import { QueueState } from "@roost/contract/accounts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { noSends } from "../limits/budgets.ts";
import { defaultLimits } from "../limits/default-limits.ts";
import type { Hold } from "../limits/gates.ts";
import { LANES } from "./lanes.ts";
import { type LeaseFacts, LEASE_SIZE, MAX_IN_FLIGHT, nextLease } from "./next-lease.ts";

const NOW = 1_000_000_000;
const nobody = { known: 0, unanswered: 0, new: 0 };
const idle = { reply: nobody, direct: nobody, campaign: nobody };
const held: Hold = { reason: "time_lock", until: NOW + 5_000 };

const open: LeaseFacts = {
  isConnected: true,
  notConnectedReason: null,
  queueState: "active",
  queueReason: null,
  due: { ...idle, direct: { ...nobody, known: 1 } },
  inHand: { reply: 0, direct: 0, campaign: 0, newChats: 0 },
  sends: noSends(),
  limits: defaultLimits(true),
  newChats: { limit: 1_000, reason: "new_chats", until: null },
  capLeft: null,
  gates: { direct: null, campaign: null, strangers: null },
  campaignSlots: 20,
};

const counts = fc.record({ known: fc.nat(60), unanswered: fc.nat(60), new: fc.nat(60) });
const someHold = fc.constantFrom(null, held);
const facts = fc.record({
  isConnected: fc.boolean(),
  queueState: fc.constantFrom(...QueueState.options),
  due: fc.record({ reply: counts, direct: counts, campaign: counts }),
  inHand: fc.record({
    reply: fc.nat(20),
    direct: fc.nat(30),
    campaign: fc.nat(30),
    newChats: fc.nat(10),
  }),
  limits: fc
    .record({ per_minute: fc.integer({ min: 1, max: 200 }), per_hour: fc.constant(500) })
    .map((some) => ({ ...defaultLimits(false), ...some })),
  newChats: fc.nat(40).map((limit) => ({ limit, reason: "new_chats" as const, until: null })),
  gates: fc.record({ direct: someHold, campaign: someHold, strangers: someHold }),
  campaignSlots: fc.nat(20),
});

test("nothing is picked beyond what is due, what is allowed, and what a lane has room for", () => {
  fc.assert(
    fc.property(facts, (some) => {
      const { picks } = nextLease({ ...open, ...some }, NOW);
      const isClosed = !some.isConnected || ["paused", "frozen"].includes(some.queueState);
      const { reply, direct, campaign } = some.inHand;
      let total = reply + direct + campaign;
      let chats = some.inHand.newChats;
      for (const { lane, count, grades, newChats } of picks) {
        expect(isClosed).toBe(false);
        expect(count).toBeGreaterThan(0);
        const { known, unanswered, new: fresh } = some.due[lane];
        const able = grades.length === 1 ? known : known + unanswered + Math.min(newChats, fresh);
        expect(count).toBeLessThanOrEqual(able);
        expect(lane === "reply" || some.gates[lane] === null).toBe(true);
        const isStrangers = grades.length > 1 && lane !== "reply";
        expect(isStrangers && some.gates.strangers !== null).toBe(false);
        total += count;
        chats += newChats;
      }
      const { per_minute } = some.limits;
      expect(picks.length === 0 || total <= per_minute).toBe(true);
      expect(chats <= some.newChats.limit || chats === some.inHand.newChats).toBe(true);
    }),
  );
});

test("whatever is due and held has a reason, lane by lane, or a host has enough of it in hand", () => {
  fc.assert(
    fc.property(facts, (some) => {
      const { picks, holds } = nextLease({ ...open, ...some }, NOW);
      const { reply, direct, campaign, newChats } = some.inHand;
      const isBusy = reply + direct + campaign + newChats > 0 || some.campaignSlots === 0;
      for (const lane of LANES) {
        const due = Object.values(some.due[lane]).reduce((sum, n) => sum + n, 0);
        const picked = picks.find((pick) => pick.lane === lane)?.count ?? 0;
        const isTold = due === 0 || picked > 0 || holds[lane] !== null || isBusy;
        expect(isTold).toBe(true);
      }
    }),
  );
});

test("a lane that is held stops no other", () => {
  const due = {
    reply: { ...nobody, known: 1 },
    direct: { ...nobody, known: 2, new: 3 },
    campaign: { ...nobody, known: 4 },
  };
  const gates = { direct: null, campaign: held, strangers: held };
  const { picks, holds } = nextLease({ ...open, due, gates }, NOW);
  expect(picks.map(({ lane, count }) => [lane, count])).toEqual([
    ["reply", 1],
    ["direct", 2],
  ]);
  expect(holds).toEqual({ reply: null, direct: held, campaign: held });
});

test("one message alone goes out at once, even while a few are under way", () => {
  const { picks } = nextLease({ ...open, inHand: { ...open.inHand, direct: 3 } }, NOW);
  expect(picks).toMatchObject([{ lane: "direct", count: 1 }]);
});

test("a reply goes out at once, however much of a campaign is in hand", () => {
  const due = { ...idle, reply: { ...nobody, known: 1 }, campaign: { ...nobody, known: 5 } };
  const inHand = { ...open.inHand, campaign: 70 };
  expect(nextLease({ ...open, due, inHand }, NOW).picks).toMatchObject([{ lane: "reply" }]);
});

test("with much in hand a lease waits until it is full, so that a busy account has few", () => {
  const direct = (known: number) => ({ ...idle, direct: { ...nobody, known } });
  const inHand = { ...open.inHand, direct: 30 };
  expect(nextLease({ ...open, due: direct(5), inHand }, NOW).picks).toEqual([]);
  const full = nextLease({ ...open, due: direct(LEASE_SIZE), inHand }, NOW);
  expect(full.picks).toMatchObject([{ count: LEASE_SIZE }]);
  const most = { ...open.inHand, direct: MAX_IN_FLIGHT - LEASE_SIZE + 1 };
  expect(nextLease({ ...open, due: direct(50), inHand: most }, NOW).picks).toEqual([]);
});

test("a draining queue still delivers what it has; a frozen one holds it", () => {
  expect(nextLease({ ...open, queueState: "draining" }, NOW).picks.length).toBe(1);
  const frozen = nextLease({ ...open, queueState: "frozen" }, NOW);
  expect(frozen.holds.direct).toEqual({ reason: "queue_paused", until: null });
});

test("no more first messages are in hand than WhatsApp's cap leaves", () => {
  const due = { ...idle, direct: { known: 1, unanswered: 0, new: 9 } };
  const capLeft = { left: 2, until: NOW + 5_000 };
  const { picks } = nextLease({ ...open, due, capLeft }, NOW);
  expect(picks).toMatchObject([{ count: 3, newChats: 2 }]);
  const inHand = { ...open.inHand, direct: 2, newChats: 2 };
  const full = nextLease({ ...open, due, capLeft, inHand }, NOW);
  expect(full.picks).toMatchObject([{ count: 1, newChats: 0 }]);
  expect(full.holds.direct).toEqual({ reason: "new_chat_cap", until: NOW + 5_000 });
});
