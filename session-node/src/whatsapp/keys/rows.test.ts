import { expect, test, vi } from "vitest";
import { Envelope } from "./envelope.ts";
import { Rows, StaleEpochError } from "./rows.ts";

type Batch = { data_key: string | null; writes: [string, string | null][] };

/** An edge of one account: stores what it is given once `save` is called. */
function given({ isFresh = false, isStale = false } = {}) {
  const envelope = Envelope.create("acc_1", [Buffer.alloc(32, 1)]);
  const stored = new Map<string, string>();
  const batches: Batch[] = [];
  const unsaved: (() => void)[] = [];
  const fetch = vi.fn<(names: string[]) => Promise<(string | null)[] | null>>(async (names) =>
    isStale ? null : names.map((name) => stored.get(name) ?? null),
  );
  const onUnreadable = vi.fn<(name: string) => void>();
  const rows = new Rows({
    envelope,
    isFresh,
    fetch,
    write: (batch, onDurable) => {
      batches.push(batch);
      unsaved.push(() => {
        for (const [name, value] of batch.writes) {
          if (value === null) stored.delete(name);
          else stored.set(name, value);
        }
        onDurable();
      });
    },
    onUnreadable,
    flushMs: 60_000,
  });
  const save = () => {
    for (const one of unsaved.splice(0)) one();
  };
  return { rows, envelope, stored, batches, fetch, save, onUnreadable };
}

const keyPair = { public: Buffer.alloc(32, 3), private: Buffer.alloc(32, 4) };

test("what was written is readable at once, and stored in one batch of its last values", async () => {
  const { rows, batches, fetch } = given();
  rows.set([
    ["session:a", { counter: 1 }],
    ["session:b", { counter: 1 }],
  ]);
  rows.set([["session:a", { counter: 2 }]]);
  expect(await rows.get(["session:a"])).toEqual([{ counter: 2 }]);
  expect(fetch).not.toHaveBeenCalled();
  rows.flush();
  expect(batches.map(({ writes }) => writes.map(([name]) => name))).toEqual([
    ["session:b", "session:a"],
  ]);
});

test("what was written is cut into batches the edge can store, in order, and only a large row is alone", () => {
  const { rows, batches, envelope } = given({ isFresh: true });
  const value = (bytes: number) => ({ data: "x".repeat(bytes) });
  rows.set(
    Array.from({ length: 40 }, (_, n): [string, unknown] => [`session:${n}`, value(20_000)]),
  );
  rows.set([
    ["app-state-sync-version:large", value(600_000)],
    ["session:last", value(10)],
  ]);
  rows.persist();
  const large = batches.filter(({ writes }) => JSON.stringify(writes).length > 270_000);
  expect(large.map(({ writes }) => writes.length)).toEqual([1]);
  expect(batches.flatMap(({ writes }) => writes.map(([name]) => name))).toEqual([
    ...Array.from({ length: 40 }, (_, n) => `session:${n}`),
    "app-state-sync-version:large",
    "session:last",
  ]);
  const keys = batches.map(({ data_key }) => data_key);
  expect(keys).toEqual([envelope.wrapped, ...keys.slice(1).map(() => null)]);
});

test("a key that was used is not stored before what it opened is on its way", async () => {
  const { rows, batches, save } = given();
  const held = { mayBeHeld: true };
  const names = () => batches.map(({ writes }) => writes.map(([name]) => name));
  rows.set([["session:a", { counter: 1 }]], held);
  const [first, second] = [rows.hold(), rows.hold()];
  rows.set([["session:a", { counter: 2 }]], held);
  rows.set([["creds", { nextPreKeyId: 2 }]]);
  expect(await rows.get(["session:a"])).toEqual([{ counter: 2 }]);
  rows.flush();
  first();
  rows.flush();
  expect(names()).toEqual([["session:a", "creds"]]);
  second();
  rows.flush();
  expect(names()).toEqual([["session:a", "creds"], ["session:a"]]);
  save();
  rows.forgetCold(Date.now() + 1);
  expect(rows.size).toBe(0);
  expect(await rows.get(["session:a"])).toEqual([{ counter: 2 }]);
});

test("a key is asked for once, also when there is none", async () => {
  const { rows, fetch } = given();
  expect(await rows.get(["session:a", "session:b"])).toEqual([null, null]);
  expect(await rows.get(["session:a", "session:b"])).toEqual([null, null]);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("a key that is on its way is not asked for again", async () => {
  const { rows, fetch } = given();
  await Promise.all([rows.get(["session:a", "session:b"]), rows.get(["session:b", "session:c"])]);
  expect(fetch.mock.calls).toEqual([[["session:a", "session:b"]], [["session:c"]]]);
});

test("a new account asks for nothing: what is not here does not exist", async () => {
  const { rows, fetch } = given({ isFresh: true });
  expect(await rows.get(["session:a"])).toEqual([null]);
  expect(fetch).not.toHaveBeenCalled();
});

test("nothing is stored before pairing has succeeded, then everything with its data key", () => {
  const { rows, batches, envelope } = given({ isFresh: true });
  rows.set([["pre-key:1", keyPair]]);
  rows.flush();
  expect(batches).toEqual([]);
  rows.persist();
  expect(batches).toMatchObject([{ data_key: envelope.wrapped, writes: [["pre-key:1", {}]] }]);
  rows.set([["pre-key:2", keyPair]]);
  rows.flush();
  expect(batches[1]?.data_key).toBeNull();
});

test("cold rows leave the memory only when the edge has them, and come back from there", async () => {
  const { rows, fetch, save } = given();
  rows.set([["session:a", { counter: 1 }]]);
  rows.flush();
  rows.forgetCold(Number.MAX_SAFE_INTEGER);
  expect(rows.size).toBe(1);
  save();
  rows.forgetCold(Number.MAX_SAFE_INTEGER);
  expect(rows.size).toBe(0);
  expect(await rows.get(["session:a"])).toEqual([{ counter: 1 }]);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("one-time keys leave the memory as soon as they are stored", async () => {
  const { rows, save } = given({ isFresh: true });
  rows.set([["pre-key:1", keyPair]]);
  rows.persist();
  save();
  expect(rows.size).toBe(0);
  expect(await rows.get(["pre-key:1"])).toEqual([keyPair]);
});

test("a write that overtakes a read stays", async () => {
  const { rows, fetch } = given();
  const answer = Promise.withResolvers<(string | null)[]>();
  fetch.mockReturnValueOnce(answer.promise);
  const reading = rows.get(["session:a"]);
  rows.set([["session:a", { counter: 5 }]]);
  answer.resolve([null]);
  expect(await reading).toEqual([{ counter: 5 }]);
});

test("a row that cannot be read counts as missing and is reported", async () => {
  const { rows, stored, onUnreadable } = given();
  stored.set("session:a", Buffer.alloc(60).toString("base64"));
  expect(await rows.get(["session:a"])).toEqual([null]);
  expect(onUnreadable).toHaveBeenCalledWith("session:a");
});

test("a stale epoch reads nothing", async () => {
  const { rows } = given({ isStale: true });
  await expect(rows.get(["session:a"])).rejects.toThrow(StaleEpochError);
});
