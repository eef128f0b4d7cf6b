import { expect, test } from "vitest";
import { MemorySql } from "../../test/workers/memory-sql.ts";
import { HostSessions } from "./host-sessions.ts";
import { hostMigrations } from "./host-storage.ts";

const accountOf = (n: number) => `acc_${String(n).padStart(26, "0")}` as const;
const tenant = `ten_${"0".repeat(26)}` as const;
const [one, two, three] = [accountOf(1), accountOf(2), accountOf(3)];

function given() {
  const sql = new MemorySql();
  for (const statements of hostMigrations) sql.exec(statements);
  const reopen = () => new HostSessions(sql.asStorage().sql);
  const sessions = reopen();
  for (const account of [one, two, three]) sessions.put({ account, epoch: 1 }, tenant, 0);
  return { sessions, reopen };
}

test("who has to be told is known after a restart, and each is struck off alone", () => {
  const { sessions, reopen } = given();
  sessions.oweLost();
  sessions.told({ account: two, epoch: 1, owed: "lost" });
  const again = reopen();
  expect(again.owed().map(({ account }) => account)).toEqual([one, three]);
  expect(again.all().map(({ account }) => account)).toEqual([one, three]);
  expect(again.owesAny()).toBe(true);
});

test("a host that is back before all were told: what runs is back, what does not stays lost", () => {
  const { sessions } = given();
  sessions.oweLost();
  sessions.oweBack([{ account: one, epoch: 1 }]);
  expect(sessions.owed().map(({ owed }) => owed)).toEqual(["running", "lost", "lost"]);
});

test("what was told too late for a change does not strike off the change", () => {
  const { sessions } = given();
  sessions.oweLost();
  sessions.oweBack([{ account: one, epoch: 1 }]);
  sessions.told({ account: one, epoch: 1, owed: "lost" });
  expect(sessions.owed()).toContainEqual({ account: one, epoch: 1, owed: "running" });
});

test("a session placed anew is none of those that were lost", () => {
  const { sessions } = given();
  sessions.oweLost();
  sessions.put({ account: one, epoch: 2 }, tenant, 0);
  sessions.told({ account: one, epoch: 1, owed: "lost" });
  expect(sessions.all()).toContainEqual({ account: one, epoch: 2 });
  expect(sessions.owed().map(({ account }) => account)).toEqual([two, three]);
});
