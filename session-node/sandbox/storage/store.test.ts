import { rm } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { givenDirectory } from "../test/given.ts";
import { appendToLedger, readLedger } from "./ledger.ts";
import { Store } from "./store.ts";

async function givenStore(): Promise<{ store: Store; directory: string }> {
  const directory = await givenDirectory();
  onTestFinished(() => rm(directory, { recursive: true }));
  return { store: new Store(directory), directory };
}

const row = (waId: string) => ({
  at: 1_790_000_000_000,
  account: "15550001111",
  device: 1,
  to: "15550002222",
  wa_id: waId,
  hash: null,
});

test("the ledger numbers its rows and takes an id of an account once", async () => {
  const { store } = await givenStore();
  using _ = store;
  expect(appendToLedger(store, row("A"))).toBe(true);
  expect(appendToLedger(store, row("B"))).toBe(true);
  expect(appendToLedger(store, row("A"))).toBe(false);
  expect(appendToLedger(store, { ...row("A"), account: "15550003333" })).toBe(true);
  const rows = readLedger(store, 0, 10);
  expect(rows.map(({ n, wa_id }) => [n, wa_id])).toEqual([
    [1, "A"],
    [2, "B"],
    [3, "A"],
  ]);
  expect(readLedger(store, 2, 10)).toHaveLength(1);
  expect(readLedger(store, 0, 1)).toMatchObject([{ at: "2026-09-21T14:13:20.000Z" }]);
});

test("the ledger cannot be rewritten or shortened", async () => {
  const { store } = await givenStore();
  using _ = store;
  appendToLedger(store, row("A"));
  expect(() => store.run("UPDATE ledger SET hash = 'x'")).toThrow("the ledger is never rewritten");
  expect(() => store.run("DELETE FROM ledger")).toThrow("the ledger is never rewritten");
});

test("what waits for the disk is called in order, after the commit, and survives a reopening", async () => {
  const { store, directory } = await givenStore();
  const order: string[] = [];
  appendToLedger(store, row("A"));
  store.afterCommit(() => order.push("first"));
  store.afterCommit(() => order.push("second"));
  expect(order).toEqual([]);
  await store.durable();
  expect(order).toEqual(["first", "second"]);
  store[Symbol.dispose]();
  using again = new Store(directory);
  expect(readLedger(again, 0, 10)).toMatchObject([{ wa_id: "A" }]);
});

test("with nothing to write nobody waits", async () => {
  const { store } = await givenStore();
  using _ = store;
  let isCalled = false;
  store.afterCommit(() => {
    isCalled = true;
  });
  expect(isCalled).toBe(true);
});
