import type { Id } from "@roost/contract/ids";

export type PlacedSession = { account: Id<"account">; epoch: number };
/**
 * What an account has to be told: its host is `lost`, or is back and has the session `running` or
 * `missing`.
 */
export type OwedSession = PlacedSession & { owed: "lost" | "running" | "missing" };

/** The sessions that were placed on a host, and which process of the host it was. */
export class HostSessions {
  static readonly migrations = [
    `CREATE TABLE sessions (account TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
     CREATE TABLE host (
       only INTEGER PRIMARY KEY CHECK (only = 1),
       name TEXT NOT NULL,
       incarnation TEXT NOT NULL
     )`,
    "ALTER TABLE sessions ADD COLUMN owed TEXT",
  ];
  private readonly sql: SqlStorage;
  private known: { name: string; incarnation: string } | null;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    const [row] = sql
      .exec<{ name: string; incarnation: string }>("SELECT name, incarnation FROM host")
      .toArray();
    this.known = row ?? null;
  }

  host(): string | null {
    return this.known?.name ?? null;
  }

  incarnation(): string | null {
    return this.known?.incarnation ?? null;
  }

  setHost(name: string, incarnation: string): void {
    if (this.known?.incarnation === incarnation) return;
    this.known = { name, incarnation };
    this.sql.exec("INSERT OR REPLACE INTO host VALUES (1, ?, ?)", name, incarnation);
  }

  all(): PlacedSession[] {
    return this.sql.exec<PlacedSession>("SELECT account, epoch FROM sessions").toArray();
  }

  put(account: Id<"account">, epoch: number): void {
    this.sql.exec(
      `INSERT INTO sessions (account, epoch) VALUES (?, ?)
       ON CONFLICT (account) DO UPDATE SET epoch = excluded.epoch, owed = NULL
       WHERE excluded.epoch > epoch`,
      account,
      epoch,
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
