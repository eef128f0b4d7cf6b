import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { migrations } from "./schema.ts";

/** Writes of this long share one commit, which is what makes hundreds of messages a second cheap. */
const COMMIT_EVERY_MS = 2;

/**
 * The sandbox's disk. Writes go into an open transaction at once, so reads see them; the transaction
 * is committed a moment later, and whatever must not be said before it is on disk waits for that.
 */
export class Store implements Disposable {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private readonly flushers: (() => void)[] = [];
  private afterwards: (() => void)[] = [];
  private timer: NodeJS.Timeout | null = null;
  private isOpen = false;
  private isClosed = false;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.database = new DatabaseSync(join(directory, "whatsapp.sqlite"));
    try {
      // Exclusive: two sandboxes on one directory would each believe to be the network.
      this.database.exec("PRAGMA locking_mode = EXCLUSIVE");
      this.database.exec("PRAGMA journal_mode = WAL");
      this.database.exec("PRAGMA synchronous = NORMAL");
      this.migrate();
    } catch (error) {
      this.database.close();
      throw new Error(`Cannot use ${directory}: ${String(error)}`, { cause: error });
    }
  }

  /** Lets a write-behind cache add its rows to a transaction just before it is committed. */
  beforeCommit(flush: () => void): void {
    this.flushers.push(flush);
  }

  /** Runs a writing statement; answers how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    this.begin();
    return Number(this.statement(sql).run(...values).changes);
  }

  /** Opens the transaction without writing, for caches that have something to flush. */
  begin(): void {
    if (this.isOpen || this.isClosed) return;
    this.database.exec("BEGIN IMMEDIATE");
    this.isOpen = true;
    this.timer = setTimeout(() => this.commit(), COMMIT_EVERY_MS);
  }

  /** The columns are named by the statement beside the call, which is what makes the cast hold. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the statement decides it
  one<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.statement(sql).get(...values) as T | undefined;
  }

  /** Like `one`, for every row. */
  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.statement(sql).all(...values) as T[];
  }

  /** Calls back once everything written so far is on disk, in the order of the calls. */
  afterCommit(callback: () => void): void {
    if (this.isOpen) this.afterwards.push(callback);
    else callback();
  }

  /** Resolves once everything written so far is on disk. */
  durable(): Promise<void> {
    return new Promise((resolve) => {
      this.afterCommit(resolve);
    });
  }

  commit(): void {
    if (!this.isOpen) return;
    if (this.timer) clearTimeout(this.timer);
    for (const flush of this.flushers) flush();
    this.database.exec("COMMIT");
    this.isOpen = false;
    const callbacks = this.afterwards;
    this.afterwards = [];
    for (const callback of callbacks) callback();
  }

  [Symbol.dispose](): void {
    if (this.isClosed) return;
    this.commit();
    // What the callbacks wrote.
    this.commit();
    this.isClosed = true;
    this.database.close();
  }

  private statement(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known) return known;
    const prepared = this.database.prepare(sql);
    this.statements.set(sql, prepared);
    return prepared;
  }

  private migrate(): void {
    const [row] = this.database.prepare("PRAGMA user_version").all();
    const applied = Number(row?.["user_version"]);
    for (const [index, sql] of migrations.entries()) {
      if (index < applied) continue;
      this.database.exec(`BEGIN; ${sql} PRAGMA user_version = ${index + 1}; COMMIT;`);
    }
  }
}
