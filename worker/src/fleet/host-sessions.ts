import type { Id } from "@roost/contract/ids";

export type PlacedSession = { account: Id<"account">; epoch: number };

/** The sessions that were placed on a host, and which process of the host it was. */
export class HostSessions {
  static readonly migrations = [
    `CREATE TABLE sessions (account TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
     CREATE TABLE host (
       only INTEGER PRIMARY KEY CHECK (only = 1),
       name TEXT NOT NULL,
       incarnation TEXT NOT NULL
     )`,
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
      `INSERT INTO sessions VALUES (?, ?)
       ON CONFLICT (account) DO UPDATE SET epoch = excluded.epoch WHERE excluded.epoch > epoch`,
      account,
      epoch,
    );
  }

  /** Takes the session off the list, unless a newer one was placed here since. */
  remove(account: Id<"account">, epoch: number): void {
    this.sql.exec("DELETE FROM sessions WHERE account = ? AND epoch <= ?", account, epoch);
  }
}
