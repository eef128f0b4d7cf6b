import { GRACE_MS, SILENT_AFTER_MS, WORK_LEASE_MS } from "@roost/contract/host";
import { expect, test } from "vitest";
import { RESTART_GRACE_MS, watchHost } from "./host-watch.ts";

/** The longest that a host waits between two dials, and one dial on top. */
const REDIAL_MS = 1_000 + 1_000;
/** What it takes, measured generously, from giving a host up to its accounts living elsewhere. */
const PLACE_AND_LOG_IN_MS = 6_000;

test("a host has time to redial before its sessions go elsewhere", () => {
  expect(GRACE_MS).toBeGreaterThan(REDIAL_MS);
  expect(RESTART_GRACE_MS).toBeGreaterThan(2 * REDIAL_MS);
});

test("by the time its sessions go elsewhere a host begins nothing more", () => {
  expect(GRACE_MS).toBeGreaterThan(WORK_LEASE_MS);
  expect(SILENT_AFTER_MS).toBeGreaterThan(WORK_LEASE_MS);
});

test("the accounts of a crashed host have 10 s to live elsewhere, those of a silent one 30 s", () => {
  expect(GRACE_MS + PLACE_AND_LOG_IN_MS).toBeLessThan(10_000);
  expect(SILENT_AFTER_MS + PLACE_AND_LOG_IN_MS).toBeLessThan(30_000);
});

test("a host whose socket we lost in our own restart gets more time than one that hung up", () => {
  const first = watchHost({ seenAt: null, goneUntil: null }, 1_000);
  expect(first).toEqual({ kind: "wait", until: 1_000 + RESTART_GRACE_MS });
  const goneUntil = 1_000 + RESTART_GRACE_MS;
  expect(watchHost({ seenAt: null, goneUntil }, goneUntil - 1).kind).toBe("wait");
  expect(watchHost({ seenAt: null, goneUntil }, goneUntil).kind).toBe("gone");
});

test("a connected host is silent when nothing was heard for too long, and only then", () => {
  const watch = { seenAt: 1_000, goneUntil: null };
  const until = 1_000 + SILENT_AFTER_MS;
  expect(watchHost(watch, until - 1)).toEqual({ kind: "wait", until });
  expect(watchHost(watch, until)).toEqual({ kind: "silent" });
});
