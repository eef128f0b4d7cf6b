import { expect, test } from "vitest";
import type { Fault } from "./fault.ts";
import { hasStruck, type Met } from "./has-struck.ts";
import type { Struck } from "./timeline.ts";

function struck(fault: Fault, at: number, changes: Partial<Struck> = {}): Struck {
  return {
    strike: { n: 1, atMs: at, lastsMs: 3_000, fault },
    at,
    until: at + 3_000,
    isMade: true,
    ...changes,
  };
}

test.each<[string, Fault, Met[], boolean]>([
  ["a queue that was used", { kind: "queue", how: "loses" }, [{ at: 2_000, what: "queue" }], true],
  [
    "a queue that nobody used",
    { kind: "queue", how: "loses" },
    [{ at: 900, what: "queue" }],
    false,
  ],
  [
    "a host that died",
    { kind: "host_crash", host: 1, at: "send_begun", passes: 0 },
    [{ at: 4_000, what: "host 1 started" }],
    true,
  ],
  [
    "another host that died",
    { kind: "host_crash", host: 1, at: "send_begun", passes: 0 },
    [{ at: 4_000, what: "host 2 started" }],
    false,
  ],
  [
    "a place that was reached",
    { kind: "edge_crash", at: "lease_taken", passes: 0 },
    [{ at: 1_500, what: "edge at lease_taken" }],
    true,
  ],
  ["a place that nobody came by", { kind: "edge_crash", at: "lease_taken", passes: 0 }, [], false],
  [
    "a link that was cut",
    { kind: "link", link: "client-edge", mode: "silent", forgets: false },
    [],
    true,
  ],
])("%s", (_, fault, met, expected) => {
  const one = struck(fault, 1_000);
  expect(hasStruck(one, [one], met)).toBe(expected);
});

test("what was not there to be struck was not, and what the next fault did is not this one's", () => {
  const killed = struck({ kind: "host_killed", host: 1 }, 1_000, { isMade: false });
  expect(hasStruck(killed, [killed], [])).toBe(false);
  const crash = struck({ kind: "host_crash", host: 1, at: "send_begun", passes: 3 }, 1_000);
  const next = struck({ kind: "host_killed", host: 1 }, 4_500);
  expect(hasStruck(crash, [crash, next], [{ at: 5_000, what: "host 1 started" }])).toBe(false);
});
