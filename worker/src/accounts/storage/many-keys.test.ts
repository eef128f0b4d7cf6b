import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { givenStore } from "../../../test/workers/given-store.ts";
import { AccountStore } from "../account-store.ts";

const CONTACTS = 10_000;
const value = (bytes: number) => randomBytes(bytes).toString("base64");

/** What one contact leaves behind: two mappings, a device list, a session. */
function rowsOf(i: number): [string, string][] {
  const [phone, lid] = [`49151${i}`, `9${String(i).padStart(14, "0")}`];
  return [
    [`lid-mapping:${phone}`, value(60)],
    [`lid-mapping:${lid}_reverse`, value(60)],
    [`device-list:${phone}`, value(70)],
    [`session:${lid}_1.0`, value(930)],
  ];
}

/** What is really held, not what waits to be collected. */
function heapMb(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed / 1e6;
}

test("an account of ten thousand contacts keeps its keys on the disk, not in memory", () => {
  const { sql, store } = givenStore();
  const rowsBefore = sql.rowsWritten;
  let slowestMs = 0;
  for (let i = 0; i < CONTACTS; i += 20) {
    const writes = Array.from({ length: 20 }, (_, j) => rowsOf(i + j)).flat();
    store.change({ kind: "keys", dataKey: "wrapped", writes });
    const at = performance.now();
    store.commit(i);
    slowestMs = Math.max(slowestMs, performance.now() - at);
  }
  store.checkpoint(1);
  const rows = (sql.rowsWritten - rowsBefore) / CONTACTS;

  const before = heapMb();
  const openedAt = performance.now();
  const opened = AccountStore.open(sql.asStorage());
  const openMs = performance.now() - openedAt;
  // As a host asks before the first sends to twenty people it knows.
  const names = Array.from({ length: 20 }, (_, i) => rowsOf(i * 400).map(([name]) => name)).flat();
  const readAt = performance.now();
  const read = opened.credentials.read(names);
  const readMs = performance.now() - readAt;
  const heldMb = heapMb() - before;
  console.log(
    `40,000 keys: opened in ${openMs.toFixed(1)} ms, ${names.length} read in ${readMs.toFixed(0)} ms, ` +
      `${heldMb.toFixed(1)} MB held, slowest checkpoint ${slowestMs.toFixed(0)} ms, ` +
      `${rows.toFixed(2)} rows written per contact`,
  );
  expect(read).toEqual(read.filter((value) => value !== null));
  expect(heldMb).toBeLessThan(5);
  expect(openMs).toBeLessThan(100);
  expect(readMs).toBeLessThan(1_000);
  expect(slowestMs).toBeLessThan(2_000);
  expect(rows).toBeLessThan(0.5);
}, 60_000);
