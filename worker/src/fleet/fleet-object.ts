import { DurableObject } from "cloudflare:workers";
import type { Load } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { accountStub } from "../accounts/account-stub.ts";
import { isMigrated, migrate } from "../lib/object-migrations.ts";
import { describeError, log } from "../log.ts";
import { chooseHost, type HostFacts } from "./choose-host.ts";

const migrations = [
  `CREATE TABLE hosts (name TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE waiting (account TEXT PRIMARY KEY) WITHOUT ROWID`,
];

/** So many waiting accounts are called at once; the next when these have found their host. */
const CALL_AT_ONCE = 25;

/**
 * One per region: knows the hosts, says where a session may run, and remembers who waits for room.
 *
 * It only places. Nothing that a message needs goes through it, and it can be rebuilt from the hosts'
 * own hellos and beats.
 */
export class FleetObject extends DurableObject<Env> {
  private readonly hosts = new Map<string, HostFacts>();
  private isCalling = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    if (!isMigrated(ctx.storage)) return;
    migrate(ctx.storage, migrations);
    const rows = ctx.storage.sql.exec<{ name: string; facts: string }>("SELECT * FROM hosts");
    // Written by `note` alone, from this type.
    for (const { name, facts } of rows) this.hosts.set(name, JSON.parse(facts) as HostFacts);
  }

  // Called by the hosts' objects

  hostUp(name: string, load: Load, isDraining: boolean): void {
    const { sessions, capacity } = load;
    this.note(name, { isUp: true, isDraining, sessions, capacity });
    this.ctx.waitUntil(this.callWaiting());
  }

  /** A beat: the load is right again, whatever was placed or lost meanwhile. */
  hostBeat(name: string, load: Load, isDraining: boolean): void {
    const known = this.hosts.get(name);
    const { sessions, capacity } = load;
    const facts = { isUp: true, isDraining, sessions, capacity };
    const isNews = known?.isUp !== true || known.isDraining !== isDraining;
    if (isNews) this.note(name, facts);
    else this.hosts.set(name, facts);
    this.ctx.waitUntil(this.callWaiting());
  }

  hostDown(name: string): void {
    const known = this.hosts.get(name);
    if (known === undefined) return;
    this.note(name, { ...known, isUp: false, sessions: 0 });
  }

  /** The names of the hosts that are connected. */
  hostsUp(): string[] {
    return [...this.hosts].filter(([, { isUp }]) => isUp).map(([name]) => name);
  }

  /** The names of all hosts that were here lately. */
  hostNames(): string[] {
    return [...this.hosts.keys()].sort();
  }

  // Called by accounts

  /**
   * A host with room for the account, or null: then the account is called when there is one.
   * `unreachable` was offered before and did not answer: it is left out until it beats again.
   */
  place(account: Id<"account">, unreachable: string | null = null): string | null {
    const failed = unreachable === null ? undefined : this.hosts.get(unreachable);
    if (failed !== undefined) failed.isUp = false;
    const host = chooseHost(this.hosts);
    if (host === null) {
      this.sql().exec("INSERT OR IGNORE INTO waiting VALUES (?)", account);
      return null;
    }
    const facts = this.hosts.get(host);
    if (facts !== undefined) facts.sessions += 1;
    return host;
  }

  private async callWaiting(): Promise<void> {
    if (this.isCalling || this.hosts.size === 0) return;
    this.isCalling = true;
    try {
      while (chooseHost(this.hosts) !== null) {
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

  private note(name: string, facts: HostFacts): void {
    this.hosts.set(name, facts);
    this.sql().exec("INSERT OR REPLACE INTO hosts VALUES (?, ?)", name, JSON.stringify(facts));
  }

  private sql(): SqlStorage {
    if (!isMigrated(this.ctx.storage)) migrate(this.ctx.storage, migrations);
    return this.ctx.storage.sql;
  }
}
