import * as fc from "fast-check";
import { expect, test } from "vitest";
import { admits, chooseHost, type HostFacts, placesOf, roomOf } from "./choose-host.ts";

const NOW = 1_000_000;
const tenantOf = (n: number) => `ten_${String(n).padStart(26, "0")}` as const;
const seeker = { tenant: tenantOf(1), except: null };

function host(facts: Partial<HostFacts> & { sessions?: number; memory?: number; delay?: number }) {
  const { sessions = 0, memory = 0.1, delay = 0, ...rest } = facts;
  return {
    state: "up",
    load: {
      sessions,
      capacity: 100,
      rss_bytes: Math.round(memory * 1_000),
      memory_limit_bytes: 1_000,
      event_loop_delay_ms: delay,
    },
    seenAt: NOW,
    isRefusing: false,
    tenants: new Map(),
    ...rest,
  } satisfies HostFacts;
}

const someHost = fc
  .record({
    state: fc.constantFrom("up", "draining", "unwell", "down"),
    sessions: fc.integer({ min: 0, max: 110 }),
    memory: fc.double({ min: 0, max: 1.1, noNaN: true }),
    delay: fc.double({ min: 0, max: 900, noNaN: true }),
    isRefusing: fc.boolean(),
    seenAt: fc.integer({ min: NOW - 60_000, max: NOW }),
  })
  .map(host);
const someHosts = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), someHost, { maxKeys: 8 });

test("no host takes an account that is full, unwell, draining, away, or has just refused one", () => {
  fc.assert(
    fc.property(someHosts, (all) => {
      const hosts = new Map(Object.entries(all));
      const chosen = chooseHost(hosts, seeker, NOW);
      const open = [...hosts].filter(([, facts]) => admits(facts));
      if (chosen === null) return open.length === 0;
      const facts = hosts.get(chosen);
      return facts !== undefined && admits(facts) && facts.load.sessions < facts.load.capacity;
    }),
  );
});

test("room is between 0 and 1, grows with whatever is free, and is none where one kind is used up", () => {
  const loads = fc.tuple(
    fc.integer({ min: 0, max: 120 }),
    fc.double({ min: 0, max: 1.2, noNaN: true }),
    fc.double({ min: 0, max: 900, noNaN: true }),
  );
  fc.assert(
    fc.property(loads, loads, ([s1, m1, d1], [s2, m2, d2]) => {
      const room = (sessions: number, memory: number, delay: number) =>
        roomOf(host({ sessions, memory, delay }).load);
      const less = room(Math.max(s1, s2), Math.max(m1, m2), Math.max(d1, d2));
      const more = room(Math.min(s1, s2), Math.min(m1, m2), Math.min(d1, d2));
      expect(less).toBeLessThanOrEqual(more + 1e-9);
      expect(less).toBeGreaterThanOrEqual(0);
      expect(more).toBeLessThanOrEqual(1);
    }),
  );
  expect(roomOf(host({ sessions: 100, memory: 0 }).load)).toBe(0);
  expect(roomOf(host({ memory: 0.95 }).load)).toBe(0);
  expect(roomOf(host({ delay: 600 }).load)).toBe(0);
});

test("a host has places as far as both its capacity and its memory reach", () => {
  expect(placesOf(host({ sessions: 40, memory: 0.1 }), 10)).toBe(60);
  expect(placesOf(host({ sessions: 40, memory: 0.5 }), 10)).toBe(40);
  expect(placesOf(host({ sessions: 40, state: "draining" }), 10)).toBe(0);
});

test("memory and lateness count, not only a number of sessions", () => {
  const hosts = new Map([
    ["fewer", host({ sessions: 20, memory: 0.8 })],
    ["roomy", host({ sessions: 40, memory: 0.2 })],
    ["late", host({ sessions: 0, memory: 0.1, delay: 450 })],
  ]);
  expect(chooseHost(hosts, seeker, NOW)).toBe("roomy");
});

test("a tenant's accounts are spread over hosts of equal room, and all hosts fill evenly", () => {
  const hosts = new Map(["a", "b", "c", "d"].map((name) => [name, host({})]));
  const counts = new Map<string, number>();
  for (let n = 0; n < 200; n++) {
    const tenant = tenantOf(n % 50);
    const name = chooseHost(hosts, { tenant, except: null }, NOW);
    const facts = hosts.get(name ?? "");
    if (name === null || facts === undefined) throw new Error("no room");
    counts.set(`${tenant} ${name}`, (counts.get(`${tenant} ${name}`) ?? 0) + 1);
    facts.load.sessions += 1;
    facts.tenants = new Map(facts.tenants).set(tenant, (facts.tenants.get(tenant) ?? 0) + 1);
  }
  const sessions = [...hosts.values()].map(({ load }) => load.sessions);
  expect(Math.max(...sessions) - Math.min(...sessions)).toBeLessThanOrEqual(4);
  // Four accounts of each of fifty tenants on four hosts: hardly two ever share one.
  const together = [...counts.values()].filter((count) => count > 1).length;
  expect(together).toBeLessThanOrEqual(10);
});

test("a host that has not beaten lately is asked only when there is no other", () => {
  const frozen = host({ seenAt: NOW - 12_000 });
  const hosts = new Map([
    ["frozen", frozen],
    ["fresh", host({ sessions: 90 })],
  ]);
  expect(chooseHost(hosts, seeker, NOW)).toBe("fresh");
  expect(chooseHost(new Map([["frozen", frozen]]), seeker, NOW)).toBe("frozen");
  expect(chooseHost(hosts, { ...seeker, except: "fresh" }, NOW)).toBe("frozen");
});
