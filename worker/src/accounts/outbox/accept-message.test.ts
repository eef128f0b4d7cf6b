import { expect, test } from "vitest";
import { givenStore, textFor } from "../../../test/workers/given-store.ts";
import { defaultLimits } from "../limits/default-limits.ts";
import { acceptMessage } from "./accept-message.ts";

const limits = defaultLimits(true);

test("long texts fill an outbox before there are too many of them for its memory", () => {
  const { store } = givenStore();
  const text = "x".repeat(4_096);
  const isTaken = (n: number) => acceptMessage(store, textFor(`5511${n}`, { text }), n, limits).ok;
  let taken = 0;
  while (taken < 10_000 && isTaken(taken + 1)) taken += 1;
  expect(taken * text.length).toBeGreaterThan(15_000_000);
  expect(taken * text.length).toBeLessThan(17_000_000);
  // What goes out, or ends in another way, makes room.
  store.change({ kind: "state", n: 1, state: "cancelled", at: 1, now: 1 });
  expect(isTaken(20_000)).toBe(true);
  expect(isTaken(20_001)).toBe(false);
});

test("twenty thousand messages to one stranger are taken as fast as any others", () => {
  const { store } = givenStore();
  const begunAt = performance.now();
  for (let n = 1; n <= 20_000; n++) acceptMessage(store, textFor("5511"), n, limits);
  expect(performance.now() - begunAt).toBeLessThan(5_000);
});
