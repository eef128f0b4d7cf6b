import type { Id } from "@roost/contract/ids";
import type { Allowance, Grant } from "../accounts/limits/allowance.ts";

export const allowanceMigration = `
  CREATE TABLE entitlement (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    message_limit INTEGER,
    ends_at INTEGER NOT NULL
  );
  CREATE TABLE grants (
    account TEXT PRIMARY KEY,
    ends_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    used INTEGER NOT NULL,
    is_told INTEGER NOT NULL
  ) WITHOUT ROWID`;

/** How many messages a tenant may send a month, and until when this month goes. */
export type Entitlement = { limit: number | null; endsAt: number };
type Row = { account: Id<"account">; version: number; granted: number; used: number };
type Known = Pick<Allowance, "endsAt" | "version" | "granted" | "used">;

/**
 * The tenant's messages of this month, and which account holds how many of them. Whatever is granted
 * and not given back counts as used, so all accounts together never pass the limit.
 */
export class AllowanceBook {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  /** Null limit: unlimited. A month that is over is followed by the next. */
  entitlement(now: number): Entitlement {
    const [row] = this.sql
      .exec<{ message_limit: number | null; ends_at: number }>(
        "SELECT message_limit, ends_at FROM entitlement",
      )
      .toArray();
    if (row === undefined) return { limit: null, endsAt: endOfMonth(now) };
    return { limit: row.message_limit, endsAt: monthAround(row.ends_at, now) };
  }

  setEntitlement({ limit, endsAt }: Entitlement): void {
    this.sql.exec("INSERT OR REPLACE INTO entitlement VALUES (1, ?, ?)", limit, endsAt);
    this.sql.exec("UPDATE grants SET is_told = 0");
  }

  /** What the account has now, and as much more as it wants and is left. */
  grant(account: Id<"account">, known: Known | null, want: number, now: number): Grant {
    const { limit, endsAt } = this.entitlement(now);
    const row = this.rowOf(account, endsAt);
    const knownNow = known !== null && known.endsAt === endsAt ? known : null;
    if (knownNow !== null && knownNow.version >= row.version) {
      row.used = knownNow.used;
      // It gave back and we did not hear of it: then it knows better what it has.
      if (knownNow.version > row.version) row.granted = knownNow.granted;
      row.version = knownNow.version;
    }
    const hasAll = knownNow === null ? row.granted === 0 : knownNow.granted >= row.granted;
    // What was granted and did not arrive comes again, instead of more.
    if (limit !== null && hasAll) {
      const left = limit - this.granted(endsAt, account) - row.granted;
      row.granted += Math.max(0, Math.min(want, left));
    }
    this.write(row, endsAt);
    return { limit, endsAt, version: row.version, granted: row.granted };
  }

  /** What the account is told when it has to give back. */
  recallOf(account: Id<"account">, now: number): Omit<Grant, "granted"> {
    const { limit, endsAt } = this.entitlement(now);
    return { limit, endsAt, version: this.rowOf(account, endsAt).version + 1 };
  }

  /** The account has given back what it did not use. */
  recalled(account: Id<"account">, answer: Known, now: number): void {
    const { endsAt } = this.entitlement(now);
    const row = this.rowOf(account, endsAt);
    if (answer.endsAt !== endsAt || answer.version <= row.version) return;
    const { version, granted, used } = answer;
    this.write({ account, version, granted, used }, endsAt);
  }

  /** It is gone, and `last` is what it had: what it has not used is there again, what it has used is not. */
  forget(account: Id<"account">, last: Known | null, now: number): void {
    const { endsAt } = this.entitlement(now);
    const row = this.rowOf(account, endsAt);
    if (last === null || last.endsAt !== endsAt || last.version < row.version) return;
    this.write({ ...row, used: last.used, granted: last.used }, endsAt);
  }

  told(account: Id<"account">, now: number): void {
    const { endsAt } = this.entitlement(now);
    this.write(this.rowOf(account, endsAt), endsAt);
    this.sql.exec("UPDATE grants SET is_told = 1 WHERE account = ?", account);
  }

  /** Those of these accounts that do not know the present limit. */
  untold(accounts: readonly Id<"account">[]): Id<"account">[] {
    const told = new Set(
      this.sql
        .exec<{ account: Id<"account"> }>("SELECT account FROM grants WHERE is_told = 1")
        .toArray()
        .map(({ account }) => account),
    );
    const isLimited = this.sql.exec("SELECT 1 FROM entitlement").toArray().length > 0;
    return isLimited ? accounts.filter((account) => !told.has(account)) : [];
  }

  /** Accounts other than this one that may have something left. */
  holders(asking: Id<"account">, now: number): Id<"account">[] {
    return this.sql
      .exec<{ account: Id<"account"> }>(
        "SELECT account FROM grants WHERE ends_at = ? AND granted > used AND account <> ?",
        this.entitlement(now).endsAt,
        asking,
      )
      .toArray()
      .map(({ account }) => account);
  }

  /** What all accounts have used, as far as they have told. */
  used(now: number): number {
    const { endsAt } = this.entitlement(now);
    return this.sum("used", endsAt);
  }

  noteUsed(account: Id<"account">, known: Known, now: number): void {
    this.grant(account, known, 0, now);
  }

  private granted(endsAt: number, except: Id<"account">): number {
    return this.sum("granted", endsAt, except);
  }

  private sum(column: "granted" | "used", endsAt: number, except = ""): number {
    return this.sql
      .exec<{ sum: number }>(
        `SELECT coalesce(sum(${column}), 0) AS sum FROM grants WHERE ends_at = ? AND account <> ?`,
        endsAt,
        except,
      )
      .one().sum;
  }

  private rowOf(account: Id<"account">, endsAt: number): Row {
    const [row] = this.sql
      .exec<Row & { ends_at: number }>(
        "SELECT account, ends_at, version, granted, used FROM grants WHERE account = ?",
        account,
      )
      .toArray();
    if (row === undefined || row.ends_at !== endsAt) {
      return { account, version: 0, granted: 0, used: 0 };
    }
    const { version, granted, used } = row;
    return { account, version, granted, used };
  }

  private write({ account, version, granted, used }: Row, endsAt: number): void {
    this.sql.exec(
      `INSERT INTO grants VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (account) DO UPDATE SET
         ends_at = excluded.ends_at, version = excluded.version,
         granted = excluded.granted, used = excluded.used`,
      account,
      endsAt,
      version,
      granted,
      used,
    );
  }
}

/** The end of the calendar month in UTC, for a tenant that pays nothing. */
export function endOfMonth(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** The end of the month that `now` lies in, when one of them ends at `endsAt`. */
export function monthAround(endsAt: number, now: number): number {
  if (endsAt > now) return endsAt;
  const anchor = new Date(endsAt);
  for (let months = 1; ; months++) {
    const month = Date.UTC(anchor.getUTCFullYear(), anchor.getUTCMonth() + months, 1);
    // A month that ends on the 31st ends on the last day of a shorter one.
    const days = new Date(
      Date.UTC(anchor.getUTCFullYear(), anchor.getUTCMonth() + months + 1, 0),
    ).getUTCDate();
    const day = Math.min(anchor.getUTCDate(), days);
    const at = month + (day - 1) * 86_400_000 + (endsAt % 86_400_000);
    if (at > now) return at;
  }
}
