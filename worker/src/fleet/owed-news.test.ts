import { expect, test, vi } from "vitest";
import type { OwedSession } from "./host-sessions.ts";
import { OwedNews } from "./owed-news.ts";

const owed = (n: number): OwedSession => ({
  account: `acc_${String(n).padStart(26, "0")}`,
  epoch: 1,
  owed: "lost",
});

function given(count: number, fails: (of: OwedSession) => boolean) {
  const list = new Set(Array.from({ length: count }, (_, n) => owed(n)));
  const tell = vi.fn(async (of: OwedSession) => {
    await Promise.resolve();
    if (fails(of)) throw new Error("the account is overloaded");
    list.delete(of);
  });
  const onFailure = vi.fn();
  const wait = vi.fn(async (_ms: number) => {});
  const deps = { list: () => [...list], tell, onFailure, wait, random: Math.random };
  return { list, tell, onFailure, wait, news: new OwedNews(deps) };
}

test("accounts that cannot be told hold up nobody, and are told in the next go", async () => {
  let isBroken = true;
  const { list, news, onFailure } = given(100, ({ account }) => isBroken && account.endsWith("0"));
  await news.tellAll();
  expect(list.size).toBe(10);
  expect(onFailure).toHaveBeenCalledTimes(10);
  isBroken = false;
  await news.tellAll();
  expect(list.size).toBe(0);
});

test("the pause grows while somebody cannot be told, up to a limit", async () => {
  let isBroken = true;
  const { news } = given(1, () => isBroken);
  const pauses: number[] = [];
  for (let n = 0; n < 8; n++) {
    pauses.push(news.retryMs());
    await news.tellAll();
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  isBroken = false;
  await news.tellAll();
  expect(news.retryMs()).toBe(1_000);
});

test("what comes onto the list during a go is told in it, by the one who is at it", async () => {
  const { list, news, tell } = given(3, () => false);
  const first = news.tellAll();
  list.add(owed(7));
  await news.tellAll();
  await first;
  expect(list.size).toBe(0);
  expect(tell).toHaveBeenCalledWith(owed(7));
});

test.each([
  [3, 0.1],
  [200, 0.8],
  [1_000, 3],
])("the loss of %i accounts is told spread over about %f s, by chance", async (count, seconds) => {
  const { news, wait } = given(count, () => false);
  await news.tellAll();
  const pauses = wait.mock.calls.map(([ms]) => ms);
  expect(pauses).toHaveLength(count);
  const spreadMs = pauses.reduce((sum, ms) => sum + ms, 0) / Math.min(25, count);
  expect(spreadMs).toBeLessThan(seconds * 1_000 * 1.3 + 100);
  expect(new Set(pauses).size).toBeGreaterThan(1);
});
