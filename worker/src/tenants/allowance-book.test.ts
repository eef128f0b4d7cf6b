import type { Id } from "@roost/contract/ids";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MemorySql } from "../../test/workers/memory-sql.ts";
import { afterGrant, afterRecall, type Allowance, leftOf } from "../accounts/limits/allowance.ts";
import { AllowanceBook, allowanceMigration, endOfMonth, monthAround } from "./allowance-book.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 10);
const accounts: Id<"account">[] = ["1", "2", "3"].map((n) => `acc_${n.repeat(26)}` as const);

function givenBook(limit: number | null, endsAt = START + 30 * DAY) {
  const sql = new MemorySql();
  sql.exec(allowanceMigration);
  const book = new AllowanceBook(sql.asStorage().sql);
  book.setEntitlement({ limit, endsAt });
  return book;
}

const step = fc.record({
  account: fc.nat(2),
  kind: fc.constantFrom("take", "take", "use", "use", "recall", "limit", "month"),
  count: fc.integer({ min: 1, max: 20 }),
  /** Whether the answer arrives, and whether only after the next step. */
  answer: fc.constantFrom("now", "now", "late", "lost"),
});

test("all accounts together never pass the limit, whatever answers are late or lost", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const book = givenBook(50);
      const held = new Map<Id<"account">, Allowance>();
      let [now, used, month] = [START, 0, book.entitlement(START).endsAt];
      let late: (() => void)[] = [];
      for (const { account: index, kind, count, answer } of steps) {
        const account = accounts[index] ?? "acc_";
        const due = late;
        late = [];
        const deliver = (arrive: () => void) => {
          if (answer === "now") arrive();
          else if (answer === "late") late.push(arrive);
        };
        const known = held.get(account) ?? null;
        if (kind === "take") {
          const at = now;
          const grant = book.grant(account, known, count, now);
          deliver(() => held.set(account, afterGrant(held.get(account) ?? null, grant, at)));
        } else if (kind === "recall") {
          const given = afterRecall(known, book.recallOf(account, now), now);
          held.set(account, given);
          const at = now;
          deliver(() => book.recalled(account, given, at));
        } else if (kind === "use" && known !== null) {
          const taken = Math.min(count, leftOf(known, now));
          held.set(account, { ...known, used: known.used + taken });
          used += taken;
        } else if (kind === "month") now += 7 * DAY;
        for (const arrive of due) arrive();
        const { endsAt } = book.entitlement(now);
        if (endsAt !== month) [month, used] = [endsAt, 0];
        expect(used).toBeLessThanOrEqual(50);
      }
    }),
    { numRuns: 500 },
  );
});

test("what was granted and did not arrive comes again, and is not granted twice", () => {
  const book = givenBook(10);
  const [account = "acc_"] = accounts;
  expect(book.grant(account, null, 4, START).granted).toBe(4);
  expect(book.grant(account, null, 4, START).granted).toBe(4);
  const known = afterGrant(null, book.grant(account, null, 4, START), START);
  expect(book.grant(account, known, 4, START).granted).toBe(8);
});

test("a month that is over is followed by the next, with all messages again", () => {
  const book = givenBook(10, START + DAY);
  const [account = "acc_"] = accounts;
  expect(book.grant(account, null, 10, START).granted).toBe(10);
  const next = book.grant(account, null, 6, START + DAY);
  expect(next).toMatchObject({ granted: 6, endsAt: Date.UTC(2026, 1, 11) });
});

test("months end on the day of the month that they always end on, or on its last", () => {
  const at = (text: string) => Date.parse(text);
  const iso = (time: number) => new Date(time).toISOString();
  const anchor = at("2026-01-31T09:30:00Z");
  expect(iso(monthAround(anchor, at("2026-02-01T00:00:00Z")))).toBe("2026-02-28T09:30:00.000Z");
  expect(iso(monthAround(anchor, at("2026-03-01T00:00:00Z")))).toBe("2026-03-31T09:30:00.000Z");
  expect(iso(monthAround(anchor, at("2026-01-30T00:00:00Z")))).toBe("2026-01-31T09:30:00.000Z");
  expect(iso(endOfMonth(at("2026-12-05T00:00:00Z")))).toBe("2027-01-01T00:00:00.000Z");
});

test("without a limit any number is granted, and none is counted", () => {
  const book = givenBook(null);
  const [account = "acc_"] = accounts;
  const grant = book.grant(account, null, 5, START);
  expect(leftOf(afterGrant(null, grant, START), START)).toBe(Infinity);
});
