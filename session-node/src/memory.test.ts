import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { isWorthCollecting, MemoryKeeper } from "./memory.ts";

const MB = 1024 * 1024;

test.each([
  [0.02, 50 * MB, true],
  [0.5, 50 * MB, false],
  [0.02, 1 * MB, false],
])("busy %d of the time with %d bytes of growth: collect %s", (utilization, grown, expected) => {
  expect(isWorthCollecting(utilization, grown)).toBe(expected);
});

test("what nobody holds any more is gone after a collection", async () => {
  const keeper = new MemoryKeeper();
  const left = new WeakRef({ large: Array.from<number>({ length: 50_000 }).fill(0.5) });
  // A weak reference holds until the end of the turn in which it was made.
  await setImmediate();
  keeper.collect();
  expect(left.deref()).toBeUndefined();
});
