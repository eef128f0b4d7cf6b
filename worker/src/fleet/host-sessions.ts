import type { HostedState } from "@roost/contract/admin";
import type { Report } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";

export type PlacedSession = { account: Id<"account">; epoch: number };
/**
 * What an account has to be told: its host is `lost`, or is back and has the session `running` or
 * `missing`.
 */
export type OwedSession = PlacedSession & { owed: "lost" | "running" | "missing" };

/** A placed session as those who run the fleet see it. */
export type HostedSession = PlacedSession & {
  tenant: Id<"tenant"> | null;
  state: HostedState | null;
  since: number | null;
};

/** The host itself, as far as it outlives its socket. */
export type StoredHost = {
  name: string;
  incarnation: string;
  region: string | null;
  isDraining: boolean;
  connectedAt: number | null;
  seenAt: number | null;
};

/** The sessions that were placed on a host, and which process of the host it was. */
export class HostSessions {
  private readonly sql: SqlStorage;
  private known: StoredHost | null;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    const [row] = sql
      .exec<Omit<StoredHost, "isDraining"> & { isDraining: number }>(
        `SELECT name, incarnation, region, is_draining AS isDraining, connected_at AS connectedAt,
           seen_at AS seenAt FROM host`,
      )
      .toArray();
    this.known = row === undefined ? null : { ...row, isDraining: row.isDraining === 1 };
  }

  facts(): StoredHost | null {
    return this.known;
  }

  host(): string | null {
    return this.known?.name ?? null;
  }

  incarnation(): string | null {
    return this.known?.incarnation ?? null;
  }

  /** A process of the host has said hello. That it drains is the admins' word, and stays. */
  setHost(host: Pick<StoredHost, "name" | "incarnation" | "region">, now: number): void {
    const isDraining = this.known?.isDraining ?? false;
    this.change({ ...host, isDraining, connectedAt: now, seenAt: now });
  }

  setDraining(isDraining: boolean): void {
    if (this.known !== null) this.change({ ...this.known, isDraining });
  }

  /** When it was last heard; written when it is gone, for until then the socket knows. */
  setSeen(seenAt: number): void {
    if (this.known !== null) this.change({ ...this.known, seenAt });
  }

  private change(host: StoredHost): void {
    this.known = host;
    this.sql.exec(
      `INSERT OR REPLACE INTO host
         (only, name, incarnation, region, is_draining, connected_at, seen_at)
       VALUES (1, ?, ?, ?, ?, ?, ?)`,
      host.name,
      host.incarnation,
      host.region,
      host.isDraining ? 1 : 0,
      host.connectedAt,
      host.seenAt,
    );
  }

  count(): number {
    return this.sql.exec<{ n: number }>("SELECT count(*) AS n FROM sessions").one().n;
  }

  /** So many accounts that come after this one, in the order of their ids. */
  after(account: string, limit: number): Id<"account">[] {
    return this.sql
      .exec<{ account: Id<"account"> }>(
        "SELECT account FROM sessions WHERE account > ? ORDER BY account LIMIT ?",
        account,
        limit,
      )
      .toArray()
      .map((row) => row.account);
  }

  /** How many accounts of each tenant are here. */
  tenants(): [Id<"tenant">, number][] {
    return this.sql
      .exec<{ tenant: Id<"tenant">; n: number }>(
        "SELECT tenant, count(*) AS n FROM sessions WHERE tenant IS NOT NULL GROUP BY tenant",
      )
      .toArray()
      .map(({ tenant, n }) => [tenant, n]);
  }

  hosted(limit: number): HostedSession[] {
    return this.sql
      .exec<HostedSession>(
        "SELECT account, epoch, tenant, state, since FROM sessions ORDER BY account LIMIT ?",
        limit,
      )
      .toArray();
  }

  all(): PlacedSession[] {
    return this.sql.exec<PlacedSession>("SELECT account, epoch FROM sessions").toArray();
  }

  put({ account, epoch }: PlacedSession, tenant: Id<"tenant">, now: number): void {
    this.sql.exec(
      `INSERT INTO sessions (account, epoch, tenant, state, since) VALUES (?, ?, ?, 'starting', ?)
       ON CONFLICT (account) DO UPDATE SET epoch = excluded.epoch, owed = NULL,
         tenant = excluded.tenant, state = 'starting', since = excluded.since
       WHERE excluded.epoch > epoch`,
      account,
      epoch,
      tenant,
      now,
    );
  }

  /** What the session says of itself; a row only when it is news. */
  noteState(report: Report, now: number): void {
    const state = stateIn(report);
    if (state === null) return;
    this.sql.exec(
      `UPDATE sessions SET state = ?, since = ?
       WHERE account = ? AND epoch = ? AND state IS NOT ?`,
      state,
      now,
      report.account,
      report.epoch,
      state,
    );
  }

  /** Takes the session off the list, unless a newer one was placed here since. */
  remove(account: Id<"account">, epoch: number): void {
    this.sql.exec("DELETE FROM sessions WHERE account = ? AND epoch <= ?", account, epoch);
  }

  // What accounts have to be told; durable, so that nobody is forgotten when we are restarted.

  /** The host is gone, or another process of it has come: every account has to look elsewhere. */
  oweLost(): void {
    this.sql.exec("UPDATE sessions SET owed = 'lost' WHERE owed IS NOT 'lost'");
  }

  /** The same process is back and runs these. What was given up and does not run stays lost. */
  oweBack(running: readonly PlacedSession[]): void {
    const runs = new Set(running.map(({ account, epoch }) => `${account} ${epoch}`));
    const rows = this.sql.exec<PlacedSession & { owed: OwedSession["owed"] | null }>(
      "SELECT account, epoch, owed FROM sessions",
    );
    for (const { account, epoch, owed } of rows.toArray()) {
      const isRunning = runs.has(`${account} ${epoch}`);
      if (!isRunning && owed === "lost") continue;
      const news = isRunning ? "running" : "missing";
      if (news === owed) continue;
      this.sql.exec("UPDATE sessions SET owed = ? WHERE account = ?", news, account);
    }
  }

  owed(): OwedSession[] {
    return this.sql
      .exec<OwedSession>("SELECT account, epoch, owed FROM sessions WHERE owed IS NOT NULL")
      .toArray();
  }

  owesAny(): boolean {
    const rows = this.sql.exec("SELECT 1 FROM sessions WHERE owed IS NOT NULL LIMIT 1");
    return rows.toArray().length > 0;
  }

  /** The account was told this, and nothing else has become of it meanwhile. */
  told({ account, epoch, owed }: OwedSession): void {
    const where = "WHERE account = ? AND epoch = ? AND owed = ?";
    if (owed === "lost") this.sql.exec(`DELETE FROM sessions ${where}`, account, epoch, owed);
    else this.sql.exec(`UPDATE sessions SET owed = NULL ${where}`, account, epoch, owed);
  }
}

/** The state that a report tells; null when it tells none, or that it is over. */
function stateIn(report: Report): HostedState | null {
  if (report.kind === "link") return report.state === "linked" ? "connecting" : "linking";
  if (report.kind !== "session" || report.state === "ended") return null;
  return report.state;
}
