import { GRACE_MS, PING_EVERY_MS, SILENT_AFTER_MS } from "@roost/contract/host";
import { expect, test } from "vitest";
import { defaultTimings, growingPause } from "./timings.ts";

test("the edge is dialled again within a second, however long it has been away", () => {
  for (let attempt = 1; attempt < 100; attempt++) {
    expect(growingPause(attempt, defaultTimings.edgePause, 0.999)).toBeLessThanOrEqual(1_000);
  }
});

test("we stop beginning before the edge may give our accounts to others, and then let them go", () => {
  const { workLeaseMs, edgeSilentMs, letGoMs, pingEveryMs } = defaultTimings;
  // Two pings may be lost before anything stops.
  expect(workLeaseMs).toBeGreaterThan(2 * pingEveryMs);
  expect(workLeaseMs).toBeLessThan(GRACE_MS);
  expect(edgeSilentMs + GRACE_MS).toBeLessThan(SILENT_AFTER_MS);
  expect(letGoMs).toBeGreaterThan(SILENT_AFTER_MS);
  expect(pingEveryMs).toBe(PING_EVERY_MS);
});
