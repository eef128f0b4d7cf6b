import { expect, test } from "vitest";
import { WatchRound } from "./watch-round.ts";

const accountOf = (n: number) => `acc_${String(n).padStart(26, "0")}` as const;

function given(count: number) {
  const all = Array.from({ length: count }, (_, n) => accountOf(n));
  return {
    count: () => count,
    after: (last: string, limit: number) => all.filter((id) => id > last).slice(0, limit),
  };
}

test.each([1, 7, 60, 61, 500, 5_000])(
  "each of %i accounts has its turn within a little more than an hour",
  (count) => {
    const sessions = given(count);
    const round = new WatchRound();
    const seen = new Set<string>();
    for (let minute = 0; minute < 62; minute++) {
      const some = round.next(sessions, minute * 60_000);
      expect(some.length).toBeLessThanOrEqual(Math.ceil(count / 60));
      for (const account of some) seen.add(account);
    }
    expect(seen.size).toBe(count);
  },
);

test("an account at work is looked at each minute, and not any more when it is long idle", () => {
  const sessions = given(600);
  const round = new WatchRound();
  const busy = accountOf(555);
  round.worked(busy, 0);
  for (let minute = 1; minute < 10; minute++) {
    expect(round.next(sessions, minute * 60_000)).toContain(busy);
  }
  expect(round.next(sessions, 11 * 60_000)).not.toContain(busy);
});
