import type { Limits } from "@roost/contract/accounts";
import type { Id, MessageId } from "@roost/contract/ids";
import { ownerOf } from "@roost/contract/ids";
import type { Message } from "@roost/contract/messages";
import { AccountObject } from "../../src/accounts/account-object.ts";
import { defaultLimits } from "../../src/accounts/limits/default-limits.ts";
import { FleetObject } from "../../src/fleet/fleet-object.ts";
import { HostObject } from "../../src/fleet/host-object.ts";
import { TenantObject } from "../../src/tenants/tenant-object.ts";
import { type Faults, noFaults } from "./faults.ts";
import { SimulatedHost } from "./host.ts";
import { SeededRandom } from "./random.ts";
import { Runtime } from "./runtime.ts";
import { type Calls, personOf, Tenant, TENANT } from "./tenant.ts";
import { install, replace, turns, VirtualTime } from "./virtual-time.ts";
import { WhatsApp, Window } from "./whatsapp.ts";

const ACCOUNTS = 3;
const HOSTS = 3;
const SEND_EVERY_MS = 3_200;
const MEDDLE_EVERY_MS = 90_000;
const READ_EVERY_MS = 30_000;
const WRITE_EVERY_MS = 60_000;
/** Without faults everything has to come to rest within this time, and is looked at so often. */
const REST_MS = 3 * 60 * 60_000;
const LOOK_EVERY_MS = 5 * 60_000;

const limits: Limits = {
  ...defaultLimits(false),
  per_minute: 20,
  per_hour: 600,
  per_day: 8_000,
  new_chats_per_day: 100_000,
  warm_up: false,
  // A world begins at nine and lasts for a quarter of an hour.
  quiet_hours: { start: "09:04", end: "09:08", time_zone: "Etc/UTC" },
};
/** What the plan allows for the month: some worlds use it up. */
const PLAN = { min: 100, max: 600 };
const MONTH_MS = 20 * 24 * 60 * 60_000;
/** To come to rest soon, whatever has gathered. */
const wide: Limits = { ...defaultLimits(true), typing: { ms_per_character: 0, max_ms: 0 } };

const SETTLED = new Set(["sent", "delivered", "read", "played"]);
const GIVEN_BACK = new Set(["expired", "cancelled"]);
const ENDED_UNSENT = new Set(["failed", "expired", "cancelled"]);

export type Run = {
  seed: number;
  /** With those that it took to come to rest. */
  steps: number;
  problems: readonly string[];
  story: string;
  accepted: number;
  stanzas: number;
  /** Hours that passed in the world. */
  hours: number;
};

/** What the real objects can be replaced with, to see whether it would be noticed. */
export type Options = {
  accountObject?: typeof AccountObject;
  tenantObject?: typeof TenantObject;
};

/** One world from one seed: so many steps with faults, then rest, and what must hold. */
export async function simulate(
  seed: number,
  steps: number,
  faults: Faults,
  options: Options = {},
): Promise<Run> {
  const time = new VirtualTime();
  const random = new SeededRandom(seed);
  const runtime = new Runtime(time, random, noFaults, {
    ACCOUNTS: options.accountObject ?? AccountObject,
    HOSTS: HostObject,
    FLEETS: FleetObject,
    TENANTS: options.tenantObject ?? TenantObject,
  });
  using _clock = install(time, random);
  using _globals = runtime.install();
  const silent = replace(console, { log: () => undefined });
  const startedAt = time.now;
  try {
    const world = new World(runtime);
    await world.setUp();
    let done = 0;
    runtime.faults = faults;
    world.disturb(faults);
    while (done < steps && runtime.problems.length === 0 && (await time.step())) done += 1;
    runtime.faults = noFaults;
    if (runtime.problems.length === 0) done += await world.rest();
    return {
      seed,
      steps: done,
      problems: runtime.problems,
      story: runtime.story(),
      accepted: world.tenant.accepted.size,
      stanzas: world.whatsapp.ledger.size,
      hours: (time.now - startedAt) / 3_600_000,
    };
  } finally {
    silent();
  }
}

class World {
  readonly runtime: Runtime;
  readonly whatsapp: WhatsApp;
  readonly tenant: Tenant;
  private readonly hosts: SimulatedHost[];
  private readonly accounts: Id<"account">[];
  private readonly plan: number;
  private used = 0;
  private isDisturbed = true;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
    this.plan = runtime.random.between(PLAN.min, PLAN.max);
    this.whatsapp = new WhatsApp(runtime, limits);
    this.accounts = Array.from(
      { length: ACCOUNTS },
      (_, n): Id<"account"> => `acc_${String(n + 1).padStart(26, "0")}`,
    );
    this.tenant = new Tenant(runtime);
    const numberOf = (account: Id<"account">): string => `4915${account.slice(-9)}`;
    this.hosts = Array.from(
      { length: HOSTS },
      (_, n) => new SimulatedHost(runtime, this.whatsapp, `host-${n + 1}`, numberOf),
    );
  }

  async setUp(): Promise<void> {
    for (const host of this.hosts) host.start();
    await this.until(this.tenant.setPlan(this.plan, this.runtime.time.now + MONTH_MS));
    for (const account of this.accounts) {
      await this.until(this.tenant.setUp(account, limits));
    }
    for (const account of this.accounts) {
      this.tenant.sendEvery(account, SEND_EVERY_MS);
      this.every(MEDDLE_EVERY_MS, () => void this.tenant.meddle(account));
      this.every(READ_EVERY_MS, () => void this.tenant.readJournal(account));
      this.every(WRITE_EVERY_MS, () => {
        this.whatsapp.writeTo(account, personOf(this.runtime.random.between(0, 29)));
      });
    }
  }

  /** Faults by chance, as often as they are wanted. */
  disturb(faults: Faults): void {
    const { runtime } = this;
    const { random } = runtime;
    const host = (): SimulatedHost | undefined => this.hosts[random.between(0, HOSTS - 1)];
    const by: [keyof Faults, () => void][] = [
      ["everyCrashOfEdge", () => runtime.crash()],
      ["everyEviction", () => runtime.evict()],
      ["everyHostKill", () => host()?.kill()],
      ["everyHostFreeze", () => host()?.freeze(random.between(1_000, 90_000))],
      ["everyCut", () => host()?.cut()],
      ["everyStall", () => host()?.stall(random.between(1_000, 60_000))],
      [
        "everyClockJump",
        () => runtime.jumpClock(random.between(-1, 1) * random.between(1, 90_000)),
      ],
      ["everyWhatsAppDrop", () => this.whatsapp.dropSome()],
      ["everyDrain", () => host()?.drain()],
    ];
    for (const [fault, strike] of by)
      if (faults[fault] > 0) this.every(faults[fault] * 1_000, strike);
  }

  /** Nothing fails any more: everything has to find its end, and to be what it is said to be. */
  async rest(): Promise<number> {
    const { runtime, tenant, whatsapp } = this;
    const { time } = runtime;
    this.isDisturbed = false;
    tenant.stop();
    whatsapp.limits = null;
    runtime.note("REST begins");
    for (const account of this.accounts) {
      void tenant.setActive(account);
      void tenant
        .ask(account)((stub) => stub.setLimits(TENANT, wide))
        .catch(() => undefined);
    }
    for (const account of this.accounts) await this.expectUnparked(account);
    const until = time.now + REST_MS;
    let done = 0;
    for (let isAtRest = false; !isAtRest && time.now < until;) {
      const look = time.now + LOOK_EVERY_MS;
      while (await time.step(look)) done += 1;
      time.now = look;
      isAtRest = await this.isAtRest();
    }
    for (const account of this.accounts) await this.finish(account);
    if (this.used > this.plan) runtime.problem(`${this.used} used, the plan allows ${this.plan}`);
    return done;
  }

  /** Nobody but our own hosts logs in here: whatever they do to each other is no person's business. */
  private async expectUnparked(account: Id<"account">): Promise<void> {
    const read = await this.answer(account, (calls) => calls.read(TENANT));
    if (read?.state !== "parked") return;
    this.runtime.problem(`${account} is parked: ${read.reason?.code ?? "no reason"}`);
  }

  private async isAtRest(): Promise<boolean> {
    for (const account of this.accounts) {
      const queue = await this.answer(account, (stub) => stub.readQueue(TENANT));
      if (queue === null) return false;
      const { accepted, scheduled, leased } = queue.counts;
      if (accepted + scheduled + leased > 0) return false;
    }
    return this.tenant.isIdle();
  }

  private async finish(account: Id<"account">): Promise<void> {
    const { runtime, tenant } = this;
    const messages = new Map<MessageId, Message>();
    const queue = await this.answer(account, (stub) => stub.readQueue(TENANT));
    for (const id of tenant.accepted.keys()) {
      const { account: owner, number } = ownerOf(id);
      if (owner !== account) continue;
      const message = await this.answer(account, (stub) => stub.message(TENANT, number));
      if (message !== null) messages.set(id, message);
      else runtime.problem(`${id} was accepted and is gone`);
    }
    for (const message of messages.values()) this.judge(message, queue?.waiting_for?.code ?? null);
    this.judgeLanes(account, messages);
    // What never went out is the plan's again.
    this.used += [...messages.values()].filter(({ state }) => !GIVEN_BACK.has(state)).length;
    const before = tenant.seenEvents(account);
    for (let seen = -1; seen < tenant.seenEvents(account);) {
      seen = tenant.seenEvents(account);
      const reading = tenant.readJournal(account);
      await this.until(reading);
    }
    if (tenant.seenEvents(account) < before) runtime.problem(`${account}: the journal got shorter`);
  }

  /** What the message is said to be, against what WhatsApp has. */
  private judge(message: Message, waitingFor: string | null): void {
    const { runtime, whatsapp } = this;
    const { id, state, wa_id: waId } = message;
    const isThere = waId !== null && whatsapp.ledger.get(waId)?.message === id;
    const said = `${id} is ${state} at rest${isThere ? ", and at WhatsApp" : ""}`;
    if (SETTLED.has(state) && !isThere) runtime.problem(`${said}: it never arrived`);
    if (ENDED_UNSENT.has(state) && isThere) runtime.problem(`${said}: it did arrive`);
    const isOpen = !SETTLED.has(state) && !ENDED_UNSENT.has(state) && state !== "unconfirmed";
    if (isOpen) runtime.problem(`${said}, waiting for ${waitingFor ?? "nothing that is told"}`);
  }

  /** Each lane's share of every minute, and that nobody is written to unasked in quiet hours. */
  private judgeLanes(account: Id<"account">, messages: ReadonlyMap<string, Message>): void {
    const { runtime, whatsapp } = this;
    const shareOf = (percent: number): number => (limits.per_minute * percent) / 100;
    const { direct, campaign } = limits.lane_shares;
    const [campaigns, unasked] = [new Window(60_000), new Window(60_000)];
    for (const stanza of whatsapp.stanzas) {
      const lane = messages.get(stanza.message)?.lane ?? "reply";
      if (stanza.account !== account || lane === "reply") continue;
      const said = `${stanza.message} of the lane ${lane}`;
      if (stanza.isInQuiet) runtime.problem(`${said} came in quiet hours`);
      const isOver = unasked.add(stanza.at) > shareOf(Math.max(direct, campaign));
      const isCampaignOver = lane === "campaign" && campaigns.add(stanza.at) > shareOf(campaign);
      if (isOver || isCampaignOver) runtime.problem(`${said} is beyond its share of the minute`);
    }
  }

  private async answer<T>(
    account: Id<"account">,
    ask: (stub: Calls) => Promise<{ ok: true; value: T } | { ok: false }>,
  ): Promise<T | null> {
    const asking = async (): Promise<T | null> => {
      try {
        const outcome = await this.tenant.ask(account)(ask);
        return outcome.ok ? outcome.value : null;
      } catch {
        return null;
      }
    };
    const answer = asking();
    await this.until(answer);
    return answer;
  }

  /** Lets time pass until the work is done. */
  private async until(work: Promise<unknown>): Promise<void> {
    const state = { isDone: false };
    void (async () => {
      await Promise.allSettled([work]);
      state.isDone = true;
    })();
    await turns();
    while (!state.isDone && (await this.runtime.time.step())) await turns();
  }

  private every(meanMs: number, work: () => void): void {
    const { time, random } = this.runtime;
    time.after(random.wait(meanMs), async () => {
      if (!this.isDisturbed) return;
      work();
      this.every(meanMs, work);
      await turns();
    });
  }
}
