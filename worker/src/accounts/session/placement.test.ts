import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Placement } from "./placement.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

/** A session that needs a host again and again, as one that ends as soon as it starts. */
function given() {
  let searches = 0;
  const sessions = {
    needsHost: () => true,
    place: async () => {
      searches += 1;
    },
  };
  return { sessions, searches: () => searches };
}

test("a search that found nothing is not repeated before its time, unless there is room", async () => {
  const { sessions, searches } = given();
  const placement = new Placement();
  await placement.place(sessions, () => {});
  await placement.place(sessions, () => {});
  expect(searches()).toBe(1);
  expect(placement.nextTryAt(Date.now())).toBe(Date.now() + 1_000);
  placement.mayTryNow();
  await placement.place(sessions, () => {});
  expect(searches()).toBe(2);
});

test("a session that ends as soon as it starts is started three times, then has to wait", async () => {
  const placement = new Placement();
  let searches = 0;
  let isPlaced = false;
  const sessions = {
    needsHost: () => !isPlaced,
    place: async () => {
      searches += 1;
      isPlaced = true;
    },
  };
  for (let i = 0; i < 10; i++) {
    isPlaced = false;
    await placement.place(sessions, () => {});
  }
  expect(searches).toBe(3);
  vi.setSystemTime(Date.now() + 10_001);
  isPlaced = false;
  await placement.place(sessions, () => {});
  expect(searches).toBe(4);
});

test("the pause between searches that find nothing grows from a second to half a minute", async () => {
  const { sessions } = given();
  const placement = new Placement();
  const pauses: number[] = [];
  for (let i = 0; i < 8; i++) {
    await placement.place(sessions, () => {});
    const at = placement.nextTryAt(Date.now());
    pauses.push(at - Date.now());
    vi.setSystemTime(at);
  }
  // The fourth is held by the limit of starts.
  expect(pauses).toEqual([1_000, 2_000, 4_000, 10_000, 8_000, 16_000, 30_000, 30_000]);
});
