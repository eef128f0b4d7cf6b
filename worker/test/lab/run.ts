import { setTimeout as pause } from "node:timers/promises";
import { Apps } from "./app.ts";
import { Care } from "./care.ts";
import { check } from "./check/check.ts";
import { contactNumber, Contacts } from "./contacts.ts";
import type { Evidence, Violation } from "./evidence.ts";
import { type Fault, type Strike } from "./fault.ts";
import { gather } from "./gather.ts";
import { hasStruck } from "./has-struck.ts";
import { makeLoad, type Step } from "./load.ts";
import { type FailOver, Observer } from "./observer.ts";
import { Readers } from "./readers.ts";
import { Sampler } from "./sampler.ts";
import { makeSchedule } from "./schedule.ts";
import { seen } from "./seen.ts";
import { Spy } from "./spy.ts";
import { heal, strike } from "./strike.ts";
import type { Struck } from "./timeline.ts";
import { type LabWorld, liftLimits } from "./world.ts";

export type RunOptions = {
  seed: number;
  /** How long faults are struck under load. */
  durationMs: number;
  longestFaultMs: number;
  accountsOf: readonly number[];
  outboundPerSecond: number;
  inboundPerSecond: number;
  say: (line: string) => void;
};

export type Result = {
  evidence: Evidence;
  violations: Violation[];
  struck: Struck[];
  /** Of these, what met nothing: no fault that was survived. */
  missed: Struck[];
  failOvers: FailOver[];
  crashes: number;
  relinked: number;
  restarted: number;
  /** How long it took until nothing was on its way any more. */
  restedMs: number;
};

export const CONTACTS = 10;
/** Load begins a moment before the first fault. */
const QUIET_MS = 2_000;
/** Silent sockets are given up after a minute, and what was lost with them is asked for again after. */
const REST_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 2_000;
const TELL_EVERY_MS = 15_000;

/** Runs the schedule and the load of a seed, lets everything come to rest, and checks what was seen. */
export async function run(world: LabWorld, options: RunOptions): Promise<Result> {
  const { seed, durationMs, say } = options;
  const strikes = makeSchedule({
    seed,
    durationMs: durationMs - QUIET_MS,
    hosts: world.stack.hosts.length,
    accounts: world.accounts.length,
    longestMs: options.longestFaultMs,
  });
  const steps = makeLoad({ ...options, contacts: CONTACTS });
  for (let contact = 0; contact < CONTACTS; contact++) {
    await world.phones.post("/phones", { number: contactNumber(contact) });
  }
  using observer = new Observer(world);
  const apps = new Apps(world, seed);
  const contacts = new Contacts(world, seed);
  const spy = new Spy(world, apps);
  const readers = new Readers(world);
  const sampler = new Sampler(world);
  const care = new Care(world, (account) => apps.holds(account));
  const struck: Struck[] = [];
  const act = (step: Step): Promise<void> => carryOut(step, apps, contacts, spy);

  say(`${strikes.length} faults and ${steps.length} steps of load in ${durationMs / 1_000} s`);
  // What the load has begun may wait for the end of faults; the faults end by themselves.
  const working = inTime(steps, act);
  await pause(QUIET_MS);
  const { done } = await inTime(strikes, (one) => strikeOnce(world, observer, one, struck));
  await done;
  await working;
  const healedAt = Date.now();
  await heal(world);
  await liftLimits(world);
  say("healed; waiting until everything is at rest");

  const evidenceNow = async (): Promise<Evidence> => ({
    accounts: world.accounts,
    sendings: apps.sendings,
    cancellings: apps.cancellings,
    arrivals: contacts.arrivals,
    readings: readers.readings,
    beliefs: observer.beliefs,
    pryings: spy.pryings,
    waitings: sampler.waitings,
    skews: skewsOf(struck),
    ...(await gather(world, apps.sendings, CONTACTS)),
  });
  let evidence: Evidence | null = null;
  let violations: Violation[] = [];
  let tellAt = 0;
  while (Date.now() < healedAt + REST_WITHIN_MS) {
    await pause(LOOK_EVERY_MS);
    if (apps.unanswered > 0 || contacts.sending > 0) continue;
    try {
      evidence = await evidenceNow();
    } catch (error) {
      say(`cannot look yet: ${seen(error)}`);
      continue;
    }
    violations = check(evidence);
    // What is final stays; what is still under way may yet arrive.
    const open = violations.filter(mayPass);
    if (open.length === 0) break;
    if (Date.now() < tellAt) continue;
    tellAt = Date.now() + TELL_EVERY_MS;
    say(`${open.length} not at rest yet: ${open[0]?.message ?? open[0]?.account} ${open[0]?.what}`);
    await world.control.ringMinute().catch((error: unknown) => say(seen(error)));
  }
  const restedMs = Date.now() - healedAt;
  apps.stop();
  await Promise.all([readers.stop(), sampler.stop(), care.stop()]);
  if (evidence === null) throw new Error("The system did not answer after it was healed.");
  const missed = struck.filter((one) => !hasStruck(one, struck, observer.met));
  const { crashes, failOvers } = observer;
  const { relinked, restarted } = care;
  return {
    evidence,
    violations,
    struck,
    missed,
    failOvers,
    crashes,
    relinked,
    restarted,
    restedMs,
  };
}

/** Whether time may still make it right. */
function mayPass({ invariant }: Violation): boolean {
  return invariant === 1 || invariant === 6 || invariant === 10;
}

/** Does each at its time, whatever becomes of the others. */
async function inTime<T extends { atMs: number }>(
  things: readonly T[],
  act: (thing: T) => Promise<void>,
): Promise<{ done: Promise<void> }> {
  const startedAt = Date.now();
  const running: Promise<void>[] = [];
  for (const thing of things) {
    const wait = startedAt + thing.atMs - Date.now();
    if (wait > 0) await pause(wait);
    running.push(act(thing));
  }
  return { done: Promise.all(running).then(() => undefined) };
}

async function carryOut(step: Step, apps: Apps, contacts: Contacts, spy: Spy): Promise<void> {
  switch (step.kind) {
    case "send":
      return apps.send(step);
    case "batch":
      return apps.sendBatch(step);
    case "cancel":
      return apps.cancel(step);
    case "hold":
      return apps.hold(step);
    case "receive":
      return contacts.write(step);
    case "pry":
      return spy.pry(step.tenant);
  }
}

async function strikeOnce(
  world: LabWorld,
  observer: Observer,
  one: Strike,
  struck: Struck[],
): Promise<void> {
  const { fault, lastsMs } = one;
  const [at, until] = [Date.now(), Date.now() + lastsMs];
  const record: Struck = { strike: one, at, until, isMade: false };
  struck.push(record);
  const gone = hostGoneBy(fault);
  if (gone !== null) observer.hostGone(gone.host, gone.cause);
  const { isMade, end } = await strike(world, fault);
  record.isMade = isMade;
  await pause(lastsMs);
  if (end === null) return;
  try {
    if ((await end()) === false) record.isMade = false;
  } catch {
    // The network is just being started again: nobody can tell any more.
  }
  record.until = Date.now();
  if (gone?.cause === "silence") observer.hostThere(gone.host);
}

function hostGoneBy(fault: Fault): { host: number; cause: FailOver["cause"] } | null {
  if (fault.kind === "host_killed") return { host: fault.host, cause: "crash" };
  return fault.kind === "host_frozen" ? { host: fault.host, cause: "silence" } : null;
}

function skewsOf(struck: readonly Struck[]): Evidence["skews"] {
  return struck.flatMap(({ strike: { fault }, at, until }) =>
    fault.kind === "clock" ? [{ from: at, until, ms: fault.ms }] : [],
  );
}
