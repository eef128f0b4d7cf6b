import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isUnwell, UNWELL } from "./host-condition.ts";

const load = (memory: number, delayMs: number) => ({
  rss_bytes: Math.round(memory * 1_000),
  memory_limit_bytes: 1_000,
  event_loop_delay_ms: delayMs,
});

test("a host that is short of memory or late is unwell, whatever it was before", () => {
  expect(isUnwell(false, load(0.95, 0))).toBe(true);
  expect(isUnwell(false, load(0.1, 800))).toBe(true);
  expect(isUnwell(true, load(0.1, 10))).toBe(false);
});

test("between the limits a host stays what it was, so a load that swings there changes nothing", () => {
  const between = fc.tuple(
    fc.double({ min: UNWELL.memory.until, max: UNWELL.memory.from - 0.01, noNaN: true }),
    fc.double({ min: UNWELL.delayMs.until, max: UNWELL.delayMs.from - 1, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.boolean(), fc.array(between), (was, loads) => {
      const is = loads.reduce((now, [memory, delay]) => isUnwell(now, load(memory, delay)), was);
      expect(is).toBe(was);
    }),
  );
});

test("a host that does not know its memory is judged by its lateness alone", () => {
  const facts = { rss_bytes: 5_000, memory_limit_bytes: 0, event_loop_delay_ms: 3 };
  expect(isUnwell(true, facts)).toBe(false);
});
