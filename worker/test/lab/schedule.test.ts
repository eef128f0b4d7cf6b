import { expect, test } from "vitest";
import { labelOf, targetOf } from "./fault.ts";
import { makeLoad } from "./load.ts";
import { makeSchedule } from "./schedule.ts";

const schedule = (seed: number, durationMs = 3_600_000) =>
  makeSchedule({ seed, durationMs, hosts: 3, accounts: 5, longestMs: 80_000 });
const load = (seed: number) =>
  makeLoad({
    seed,
    durationMs: 600_000,
    accountsOf: [3, 2],
    contacts: 8,
    outboundPerSecond: 5,
    inboundPerSecond: 3,
  });

test("a seed is a schedule and a load, another seed is another", () => {
  expect(schedule(1)).toEqual(schedule(1));
  expect(load(1)).toEqual(load(1));
  expect(schedule(1)).not.toEqual(schedule(2));
  expect(load(1)).not.toEqual(load(2));
});

test("a longer run begins as a shorter one does, so that a failure can be looked for in less time", () => {
  const short = schedule(7, 60_000).map(({ fault }) => fault);
  const long = schedule(7, 120_000).map(({ fault }) => fault);
  expect(long.slice(0, short.length)).toEqual(short);
});

test("an hour strikes with every kind of fault", () => {
  const labels = new Set(schedule(3).map(({ fault }) => labelOf(fault)));
  expect([...labels].filter((label) => label.startsWith("edge dies at"))).toHaveLength(11);
  expect([...labels].filter((label) => label.startsWith("host dies at"))).toHaveLength(10);
  expect([...labels].filter((label) => label.startsWith("host-whatsapp"))).toHaveLength(6);
  for (const label of [
    "host killed",
    "host drained",
    "host frozen",
    "workerd killed",
    "edge killed",
    "D1 fails",
    "D1 hangs",
    "queue loses",
    "queue repeats",
    "queue delays",
    "queue reorders",
    "queue refuses",
    "alarms late",
    "alarms twice",
    "alarms lost",
    "edge clock ahead",
    "edge clock behind",
    "host clock ahead",
    "host clock behind",
    "disk full",
    "WhatsApp ack_lost",
    "WhatsApp stream_error 503",
    "WhatsApp failure 405",
  ]) {
    expect(labels).toContain(label);
  }
});

test("no two faults strike one target at once", () => {
  const busyUntil = new Map<string, number>();
  for (const { fault, atMs, lastsMs } of schedule(4)) {
    const target = targetOf(fault);
    if (target === null) continue;
    expect(atMs).toBeGreaterThanOrEqual(busyUntil.get(target) ?? 0);
    busyUntil.set(target, atMs + lastsMs);
  }
});

test("nothing lasts longer than asked, nor beyond the end", () => {
  for (const { atMs, lastsMs } of schedule(5, 60_000)) {
    expect(atMs + lastsMs).toBeLessThanOrEqual(60_000);
    expect(lastsMs).toBeLessThanOrEqual(80_000);
  }
});

test("every message has a number of its own, and what is cancelled was sent before", () => {
  const numbers = new Set<number>();
  for (const step of load(6)) {
    const ns = step.kind === "send" ? [step.n] : step.kind === "batch" ? step.ns : [];
    for (const n of ns) {
      expect(numbers.has(n)).toBe(false);
      numbers.add(n);
    }
    const isOfNone = step.kind === "cancel" && !numbers.has(step.n);
    expect(isOfNone).toBe(false);
  }
  expect(numbers.size).toBeGreaterThan(2_000);
});
