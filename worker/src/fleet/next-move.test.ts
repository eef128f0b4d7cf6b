import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { HostFacts } from "./choose-host.ts";
import { nextMove, START_GAP } from "./next-move.ts";

const GIB = 1024 ** 3;

function host(sessions: number, capacity = 200, facts: Partial<HostFacts> = {}): HostFacts {
  return {
    state: "up",
    load: {
      sessions,
      capacity,
      rss_bytes: 200_000_000,
      memory_limit_bytes: GIB,
      event_loop_delay_ms: 1,
    },
    seenAt: 0,
    isRefusing: false,
    tenants: new Map(),
    ...facts,
  };
}

/** Moves one account after the other until nothing is uneven any more; answers the moves. */
function balance(hosts: Map<string, HostFacts>): [string, string][] {
  const moves: [string, string][] = [];
  let isMoving = false;
  for (;;) {
    const move = nextMove(hosts, { isMoving });
    isMoving = move !== null;
    if (move === null) return moves;
    moves.push([move.from, move.to]);
    const [from, to] = [hosts.get(move.from), hosts.get(move.to)];
    if (from === undefined || to === undefined) throw new Error("a host that is not there");
    from.load.sessions -= 1;
    to.load.sessions += 1;
    if (moves.length > 10_000) throw new Error("it never comes to rest");
  }
}

const someHosts = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,4}$/),
  fc
    .record({
      capacity: fc.integer({ min: 1, max: 500 }),
      full: fc.double({ min: 0, max: 1, noNaN: true }),
      state: fc.constantFrom("up", "up", "up", "unwell", "draining", "down"),
    })
    .map(({ capacity, full, state }) => host(Math.floor(full * capacity), capacity, { state })),
  { maxKeys: 7 },
);

test("moving comes to rest, takes nothing back, and leaves nothing uneven by the margin", () => {
  fc.assert(
    fc.property(someHosts, (all) => {
      const hosts = new Map(Object.entries(structuredClone(all)));
      const accounts = [...hosts.values()].reduce((sum, { load }) => sum + load.sessions, 0);
      const moves = balance(hosts);
      expect(moves.length).toBeLessThanOrEqual(accounts);
      // Who gave one never gets one: nothing goes to and fro.
      const givers = new Set(moves.map(([from]) => from));
      const takers = new Set(moves.map(([, to]) => to));
      expect([...givers].filter((name) => takers.has(name))).toEqual([]);
      expect(nextMove(hosts, { isMoving: false })).toBeNull();
    }),
    { numRuns: 500 },
  );
});

test("a host that comes back empty gets its share, and a small difference moves nobody", () => {
  const hosts = new Map([
    ["a", host(150)],
    ["b", host(0)],
  ]);
  const moves = balance(hosts);
  expect(moves.length).toBeGreaterThan(60);
  expect(moves.length).toBeLessThanOrEqual(75);
  const gap = Math.floor(START_GAP * 200);
  const even = new Map([
    ["a", host(60 + gap)],
    ["b", host(60)],
  ]);
  expect(nextMove(even, { isMoving: false })).toBeNull();
});

test("one account is never sent round between two small hosts", () => {
  const hosts = new Map([
    ["a", host(1, 1)],
    ["b", host(0, 1)],
  ]);
  expect(nextMove(hosts, { isMoving: false })).toBeNull();
});

test("a host that is full, unwell or draining gets nothing", () => {
  for (const state of ["unwell", "draining", "down"] as const) {
    const hosts = new Map([
      ["a", host(150)],
      ["b", host(0, 200, { state })],
    ]);
    expect(nextMove(hosts, { isMoving: true })).toBeNull();
  }
});
