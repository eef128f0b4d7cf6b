import { SILENT_AFTER_MS } from "@roost/contract/host";
import { expect, test } from "vitest";
import { GRACE_MS, RESTART_GRACE_MS, watchHost } from "./host-watch.ts";

/** The longest that a host waits between two dials, and one dial on top. */
const REDIAL_MS = 3_000 + 1_000;

test("a host has time to redial before its sessions go elsewhere", () => {
  expect(GRACE_MS).toBeGreaterThan(REDIAL_MS);
  expect(RESTART_GRACE_MS).toBeGreaterThan(2 * REDIAL_MS);
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
