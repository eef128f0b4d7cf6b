import { QueueState } from "@roost/contract/accounts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type LeaseFacts, LEASE_SIZE, MAX_IN_FLIGHT, nextLease } from "./next-lease.ts";

const open: LeaseFacts = {
  isConnected: true,
  notConnectedReason: null,
  queueState: "active",
  queueReason: null,
  due: 1,
  inFlight: 0,
  room: { left: 1_000, reason: null, until: null },
};

test("a lease never holds more than is due, than fits, or than the limits leave", () => {
  const facts = fc.record({
    due: fc.nat(500),
    inFlight: fc.nat(80),
    room: fc.nat(100).map((left) => ({ left, reason: "quota_minute" as const, until: 1 })),
  });
  fc.assert(
    fc.property(facts, (some) => {
      const decision = nextLease({ ...open, ...some });
      if (decision.kind !== "lease") return;
      expect(decision.count).toBeGreaterThan(0);
      expect(decision.count).toBeLessThanOrEqual(LEASE_SIZE);
      expect(decision.count).toBeLessThanOrEqual(some.due);
      expect(decision.count).toBeLessThanOrEqual(some.room.left);
      expect(some.inFlight + decision.count).toBeLessThanOrEqual(MAX_IN_FLIGHT);
    }),
  );
});

test("whatever is due and not handed out has a recorded reason, or the host is busy", () => {
  const facts = fc.record({
    isConnected: fc.boolean(),
    queueState: fc.constantFrom(...QueueState.options),
    due: fc.integer({ min: 1, max: 100 }),
    inFlight: fc.nat(80),
    room: fc.nat(3).map((left) => ({ left, reason: null, until: null })),
  });
  fc.assert(
    fc.property(facts, (some) => {
      const decision = nextLease({ ...open, ...some });
      expect(decision.kind).not.toBe("nothing");
      expect(decision.kind !== "enough" || some.inFlight > 0).toBe(true);
    }),
  );
});

test("one message alone goes out at once, even while a few are under way", () => {
  expect(nextLease({ ...open, inFlight: 3 })).toEqual({ kind: "lease", count: 1 });
});

test("with much in hand a lease waits until it is full, so that a busy account has few", () => {
  expect(nextLease({ ...open, due: 5, inFlight: 30 })).toEqual({ kind: "enough" });
  expect(nextLease({ ...open, due: 20, inFlight: 30 })).toEqual({ kind: "lease", count: 20 });
});

test("a draining queue still delivers what it has; a frozen one holds it", () => {
  expect(nextLease({ ...open, queueState: "draining" }).kind).toBe("lease");
  expect(nextLease({ ...open, queueState: "frozen" })).toMatchObject({ reason: "queue_paused" });
});
