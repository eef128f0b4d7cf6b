import { expect, test } from "vitest";
import { countdown } from "./countdown.ts";

test("a fresh code has its whole ring", () => {
  expect(countdown(60_000, 0, 0)).toEqual({ secondsLeft: 60, fractionLeft: 1, isOver: false });
});

test("the ring is half when half of the time is gone", () => {
  expect(countdown(60_000, 0, 30_000).fractionLeft).toBe(0.5);
});

test("a page opened late shows how little is left, not a whole ring", () => {
  expect(countdown(20_000, 15_000, 15_000).fractionLeft).toBe(0.25);
});

test("an old code is over and never counts below zero", () => {
  expect(countdown(1_000, 0, 5_000)).toEqual({ secondsLeft: 0, fractionLeft: 0, isOver: true });
});
