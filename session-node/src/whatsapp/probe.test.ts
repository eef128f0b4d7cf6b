import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nextProbe } from "./probe.ts";

const timings = { quietMs: 20, probeAnswerMs: 8 };

test.each([
  [{ now: 19, heardAt: 0, askedAt: null }, "wait"],
  [{ now: 20, heardAt: 0, askedAt: null }, "ask"],
  [{ now: 27, heardAt: 0, askedAt: 20 }, "wait"],
  [{ now: 28, heardAt: 0, askedAt: 20 }, "deaf"],
  // It has answered, and is quiet again.
  [{ now: 41, heardAt: 21, askedAt: 20 }, "ask"],
] as const)("%j: %s", (facts, probe) => expect(nextProbe(facts, timings)).toBe(probe));

test("whoever answers is never deaf, and is asked at most once in a quiet time", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 200 }), (steps) => {
      let [now, heardAt] = [0, 0];
      let askedAt: number | null = null;
      for (const ms of steps) {
        now += ms;
        const probe = nextProbe({ now, heardAt, askedAt }, timings);
        expect(probe).not.toBe("deaf");
        if (probe !== "ask") continue;
        expect(now - (askedAt ?? -timings.quietMs)).toBeGreaterThanOrEqual(timings.quietMs);
        askedAt = now;
        heardAt = now + 1;
      }
    }),
  );
});
