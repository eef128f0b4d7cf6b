import { DurableObject } from "cloudflare:workers";
import type { HostState } from "@roost/contract/admin";
import type { Load } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { accountStub } from "../accounts/account-stub.ts";
import { isMigrated, migrate } from "../lib/object-migrations.ts";
import { describeError, log } from "../log.ts";
import { admits, chooseHost, type HostFacts, placesOf } from "./choose-host.ts";
import { nextMove } from "./next-move.ts";
import { hostStub } from "./stubs.ts";

const migrations = [
  `CREATE TABLE hosts (name TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE waiting (account TEXT PRIMARY KEY) WITHOUT ROWID`,
  "CREATE TABLE regions (name TEXT PRIMARY KEY) WITHOUT ROWID",
];

/** So many waiting accounts are called at once; the next when these have found their host. */
const CALL_AT_ONCE = 25;
/** A placed session takes about this much, until the host's next beat says what is true. */
const SESSION_BYTES = 1024 * 1024;
/** One account is moved at a time, and not more often than this. */
const MOVE_EVERY_MS = 2_000;
/** After a host came or went the accounts find their places by themselves first. */
const SETTLE_MS = 30_000;
/** When nobody could be moved, all of them being busy. */
const MOVE_AGAIN_MS = 10_000;
/** A host that has been away this long is no host of ours any more. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60 * 1000;

/** What a host's object says of it with each beat. */
export type HostNews = {
  state: HostState;
  load: Load;
  /** How many accounts each tenant has there; null when that is as it was. */
  tenants: [Id<"tenant">, number][] | null;
};

/** An account that looks for a host, and the host that it should not get. */
export type Seeking = {
  account: Id<"account">;
  tenant: Id<"tenant">;
  avoid: Avoid | null;
};
/** Why: it could not be reached, it gave the account back, or it has too many. */
export type Avoid = { host: string; why: "unreachable" | "refused" | "moved" };

/**
 * One per region: knows the hosts, says where a session may run, and remembers who waits for room.
 *
 * It only places. Nothing that a message needs goes through it, and it can be rebuilt from the hosts'
 * own hellos and beats.
 */
export class FleetObject extends DurableObject<Env> {
  private readonly hosts = new Map<string, HostFacts>();
  private isCalling = false;
  private isMoving = false;
  private moveAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    if (!isMigrated(ctx.storage)) return;
    migrate(ctx.storage, migrations);
    const rows = ctx.storage.sql.exec<{ name: string; facts: string }>("SELECT * FROM hosts");
    for (const { name, facts } of rows) this.hosts.set(name, factsIn(facts));
    this.moveAt = Date.now() + SETTLE_MS;
  }

  // Called by the hosts' objects

  /**
   * A hello or a beat: the load is right again, whatever was placed or lost meanwhile. Answers whether
   * the tenants have to be told, too.
   */
  hostSaid(name: string, { state, load, tenants }: HostNews): boolean {
    const known = this.hosts.get(name);
    const facts: HostFacts = {
      state,
      load,
      seenAt: Date.now(),
      isRefusing: false,
      tenants: tenants === null ? (known?.tenants ?? new Map()) : new Map(tenants),
    };
    if (known?.state === state) this.hosts.set(name, facts);
    else this.note(name, facts);
    this.ctx.waitUntil(this.callWaiting());
    this.ctx.waitUntil(this.moveOne());
    return known === undefined && tenants === null;
  }

  hostDown(name: string): void {
    const known = this.hosts.get(name);
    if (known === undefined || known.state === "down") return;
    const load = { ...known.load, sessions: 0 };
    this.note(name, { ...known, state: "down", load, tenants: new Map() });
  }

  /** There are hosts in a region besides the deployment's own. Told to that one alone. */
  regionSeen(region: string): void {
    this.sql().exec("INSERT OR IGNORE INTO regions VALUES (?)", region);
  }

  regions(): string[] {
    return this.sql()
      .exec<{ name: string }>("SELECT name FROM regions")
      .toArray()
      .map(({ name }) => name);
  }

  /** The names of the hosts that are connected. */
  hostsUp(): string[] {
    return [...this.hosts].filter(([, { state }]) => state !== "down").map(([name]) => name);
  }

  /** The names of all hosts that were here lately. */
  hostNames(): string[] {
    return [...this.hosts.keys()].sort();
  }

  /** How many accounts the others could take, if this host were emptied. */
  placesBeside(host: string): number {
    const others = [...this.hosts].filter(([name]) => name !== host);
    return others.reduce((sum, [, facts]) => sum + placesOf(facts, SESSION_BYTES), 0);
  }

  // Called by accounts

  /**
   * A host with room for the account, or null: then the account is called when there is one.
   * `isEmpty`: no host of this region is connected at all.
   */
  place({ account, tenant, avoid }: Seeking): { host: string | null; isEmpty: boolean } {
    const avoided = avoid === null ? undefined : this.hosts.get(avoid.host);
    // What is offered to it would come back: it is left out until it beats again.
    if (avoided !== undefined && avoid?.why !== "moved") avoided.isRefusing = true;
    const host = chooseHost(this.hosts, { tenant, except: avoid?.host ?? null }, Date.now());
    if (host === null) {
      this.sql().exec("INSERT OR IGNORE INTO waiting VALUES (?)", account);
      return { host, isEmpty: this.hostsUp().length === 0 };
    }
    const facts = this.hosts.get(host);
    if (facts !== undefined) this.hosts.set(host, withOneMore(facts, tenant));
    return { host, isEmpty: false };
  }

  /** The watchdog: whoever waits is called again, and hosts of long ago are forgotten. */
  async look(): Promise<void> {
    const forgetBefore = Date.now() - FORGET_AFTER_MS;
    for (const [name, { state, seenAt }] of this.hosts) {
      if (state !== "down" || seenAt > forgetBefore) continue;
      this.hosts.delete(name);
      this.sql().exec("DELETE FROM hosts WHERE name = ?", name);
    }
    await this.callWaiting();
  }

  private async callWaiting(): Promise<void> {
    if (this.isCalling || this.hosts.size === 0) return;
    this.isCalling = true;
    try {
      while ([...this.hosts.values()].some((facts) => admits(facts))) {
        const waiting = this.sql()
          .exec<{ account: Id<"account"> }>("SELECT account FROM waiting LIMIT ?", CALL_AT_ONCE)
          .toArray();
        if (waiting.length === 0) return;
        for (const { account } of waiting) {
          this.sql().exec("DELETE FROM waiting WHERE account = ?", account);
        }
        await Promise.all(waiting.map(({ account }) => this.call(account)));
      }
    } finally {
      this.isCalling = false;
    }
  }

  private async call(account: Id<"account">): Promise<void> {
    try {
      await accountStub(this.env, account).hostFree();
    } catch (error) {
      // It asks again by itself, its alarm sees to that.
      log({ event: "session.unplaced", account, error: describeError(error) });
    }
  }

  /** Asks the fullest host to give one account away, where hosts are uneven by a clear margin. */
  private async moveOne(): Promise<void> {
    const now = Date.now();
    if (now < this.moveAt) return;
    this.moveAt = now + MOVE_EVERY_MS;
    const move = nextMove(this.hosts, { isMoving: this.isMoving });
    this.isMoving = move !== null;
    if (move === null) return;
    try {
      const hasGiven = await hostStub(this.env, move.from).giveOne();
      log({ event: "host.balanced", host: move.from, to: move.to, has_given: hasGiven });
      if (!hasGiven) this.moveAt = Date.now() + MOVE_AGAIN_MS;
    } catch (error) {
      log({ event: "host.fleet_failed", host: move.from, error: describeError(error) });
    }
  }

  private note(name: string, facts: HostFacts): void {
    this.hosts.set(name, facts);
    this.moveAt = Date.now() + SETTLE_MS;
    const { state, load, seenAt } = facts;
    this.sql().exec(
      "INSERT OR REPLACE INTO hosts VALUES (?, ?)",
      name,
      JSON.stringify({ state, load, seenAt }),
    );
  }

  private sql(): SqlStorage {
    if (!isMigrated(this.ctx.storage)) migrate(this.ctx.storage, migrations);
    return this.ctx.storage.sql;
  }
}

const NO_LOAD: Load = {
  sessions: 0,
  capacity: 0,
  rss_bytes: 0,
  memory_limit_bytes: 0,
  event_loop_delay_ms: 0,
};

/** What `note` wrote, or what was written before hosts told their memory: then the next beat tells. */
function factsIn(text: string): HostFacts {
  const stored = JSON.parse(text) as Partial<HostFacts>;
  const { state = "down", load = NO_LOAD, seenAt = 0 } = stored;
  return { state, load, seenAt, isRefusing: false, tenants: new Map() };
}

function withOneMore(facts: HostFacts, tenant: Id<"tenant">): HostFacts {
  const { load, tenants } = facts;
  return {
    ...facts,
    load: {
      ...load,
      sessions: load.sessions + 1,
      rss_bytes: load.rss_bytes + SESSION_BYTES,
    },
    tenants: new Map(tenants).set(tenant, (tenants.get(tenant) ?? 0) + 1),
  };
}
