import { expect, test } from "vitest";
import { defaultTimings, growingPause } from "./timings.ts";

test("the edge is dialled again within three seconds, however long it has been away", () => {
  for (let attempt = 1; attempt < 100; attempt++) {
    expect(growingPause(attempt, defaultTimings.edgePause, 0.999)).toBeLessThanOrEqual(3_000);
  }
});
