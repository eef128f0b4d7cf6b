import { Chance } from "./chance.ts";

export type LoadOptions = {
  seed: number;
  durationMs: number;
  /** How many accounts each tenant has. */
  accountsOf: readonly number[];
  contacts: number;
  outboundPerSecond: number;
  inboundPerSecond: number;
};

/** Accounts and contacts by their place in the run's lists; a message by its number. */
export type Step = { atMs: number } & (
  | {
      kind: "send";
      n: number;
      tenant: number;
      /** Null: the system chooses. */
      account: number | null;
      contact: number;
      pace: "asap" | "human";
      sendInMs: number | null;
      expiresInMs: number | null;
      /** Asked so often at once, with one key. */
      times: number;
    }
  | { kind: "batch"; tenant: number; account: number | null; ns: number[]; contact: number }
  | { kind: "receive"; n: number; account: number; contact: number }
  | { kind: "cancel"; n: number }
  | { kind: "hold"; account: number; state: "paused" | "frozen" | "draining"; lastsMs: number }
  | { kind: "pry"; tenant: number }
);

/** Everything that tenants and their contacts do in a run, from the seed alone, in order of time. */
export function makeLoad(options: LoadOptions): Step[] {
  const chance = new Chance(options.seed);
  // The first branch is the schedule's.
  chance.branch();
  const [sending, receiving, other] = [chance.branch(), chance.branch(), chance.branch()];
  const steps = [
    ...sends(options, sending),
    ...receives(options, receiving),
    ...others(options, other),
  ];
  return steps.toSorted((left, right) => left.atMs - right.atMs);
}

function sends(options: LoadOptions, chance: Chance): Step[] {
  const steps: Step[] = [];
  let n = 0;
  for (const atMs of moments(chance, options.outboundPerSecond, options.durationMs)) {
    n += 1;
    const tenant = chance.between(0, options.accountsOf.length - 1);
    const account = chance.is(0.15) ? null : accountOf(options, tenant, chance);
    const contact = chance.between(0, options.contacts - 1);
    if (chance.is(0.02)) {
      const size = chance.between(2, 30);
      const ns = Array.from({ length: size }, (_, index) => n + index);
      n += size - 1;
      steps.push({ kind: "batch", atMs, tenant, account, ns, contact });
      continue;
    }
    const isScheduled = chance.is(0.12);
    const expires = chance.is(0.05);
    const sendInMs = isScheduled ? chance.between(500, 20_000) : null;
    steps.push({
      kind: "send",
      atMs,
      n,
      tenant,
      account,
      contact,
      pace: chance.is(0.2) ? "human" : "asap",
      sendInMs,
      expiresInMs: expires ? (sendInMs ?? 0) + chance.between(1_500, 15_000) : null,
      times: chance.is(0.1) ? 2 : 1,
    });
    if (!chance.is(isScheduled ? 0.3 : 0.04)) continue;
    steps.push({ kind: "cancel", atMs: atMs + chance.between(0, 3_000), n });
  }
  return steps;
}

function receives(options: LoadOptions, chance: Chance): Step[] {
  const all = options.accountsOf.reduce((sum, count) => sum + count, 0);
  return moments(chance, options.inboundPerSecond, options.durationMs).map((atMs, index) => ({
    kind: "receive",
    atMs,
    n: index + 1,
    account: chance.between(0, all - 1),
    contact: chance.between(0, options.contacts - 1),
  }));
}

function others(options: LoadOptions, chance: Chance): Step[] {
  const all = options.accountsOf.reduce((sum, count) => sum + count, 0);
  const holds = moments(chance, 1 / 12, options.durationMs).map((atMs): Step => ({
    kind: "hold",
    atMs,
    account: chance.between(0, all - 1),
    state: chance.pick(["paused", "paused", "frozen", "draining"]),
    lastsMs: chance.between(500, 8_000),
  }));
  const pries = moments(chance, 1 / 3, options.durationMs).map((atMs): Step => ({
    kind: "pry",
    atMs,
    tenant: chance.between(0, options.accountsOf.length - 1),
  }));
  return [...holds, ...pries];
}

/** Moments at random, so many per second on the average. */
function moments(chance: Chance, perSecond: number, durationMs: number): number[] {
  const found: number[] = [];
  let atMs = 0;
  for (;;) {
    atMs += (-Math.log(1 - chance.next()) / perSecond) * 1_000;
    if (atMs >= durationMs) return found;
    found.push(Math.round(atMs));
  }
}

/** A tenant's account by its place among all accounts, which lie tenant after tenant. */
function accountOf({ accountsOf }: LoadOptions, tenant: number, chance: Chance): number {
  const before = accountsOf.slice(0, tenant).reduce((sum, count) => sum + count, 0);
  return before + chance.between(0, (accountsOf[tenant] ?? 1) - 1);
}
