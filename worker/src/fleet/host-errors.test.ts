import { SessionReport } from "@roost/contract/host";
import type { ReasonCode } from "@roost/contract/reasons";
import { expect, test } from "vitest";
import { MemorySql } from "../../test/workers/memory-sql.ts";
import { errorOf, HostErrors, KEEP_HOURS } from "./host-errors.ts";
import { hostMigrations } from "./host-storage.ts";

const HOUR_MS = 3_600_000;

function given() {
  const sql = new MemorySql();
  for (const statements of hostMigrations) sql.exec(statements);
  const reopen = () => new HostErrors(sql.asStorage().sql);
  return { sql, errors: reopen(), reopen };
}

function ended(reason: ReasonCode | null, state: "ended" | "reconnecting" | "connected" = "ended") {
  const of = { kind: "session", account: `acc_${"0".repeat(26)}`, epoch: 1 };
  return SessionReport.parse({ ...of, state, reason, self: null, upstream_code: null, at: 1 });
}

test("a storm of errors is one row by kind and hour, and is known before it is written", () => {
  const { sql, errors, reopen } = given();
  const before = sql.rowsWritten;
  for (let n = 0; n < 1_000; n++) errors.note("connection_lost", 10 + n);
  errors.note("bad_frame", 5);
  const counts = [
    { reason: "connection_lost", count: 1_000, lastAt: 1_009 },
    { reason: "bad_frame", count: 1, lastAt: 5 },
  ];
  expect(errors.since(0)).toEqual(counts);
  errors.keep(2_000);
  expect(sql.rowsWritten - before).toBe(2);
  errors.keep(3_000);
  expect(sql.rowsWritten - before).toBe(2);
  expect(reopen().since(0)).toEqual(counts);
});

test("only so many hours are kept, whatever happens in them", () => {
  const { errors } = given();
  for (let hour = 0; hour < KEEP_HOURS * 2; hour++) {
    errors.note("connection_lost", hour * HOUR_MS);
    errors.keep(hour * HOUR_MS);
  }
  expect(errors.since(0)).toMatchObject([{ count: KEEP_HOURS }]);
  expect(errors.since((KEEP_HOURS * 2 - 3) * HOUR_MS)).toMatchObject([{ count: 3 }]);
});

test("what was wanted, or is part of how it works, is no error", () => {
  expect(errorOf(ended("bad_frame"))).toBe("bad_frame");
  expect(errorOf(ended("connection_lost", "reconnecting"))).toBe("connection_lost");
  expect(errorOf(ended("restricted", "connected"))).toBeNull();
  for (const reason of [
    null,
    "stopped",
    "unlinked_by_us",
    "host_draining",
    "host_moved",
  ] as const) {
    expect(errorOf(ended(reason))).toBeNull();
  }
});
