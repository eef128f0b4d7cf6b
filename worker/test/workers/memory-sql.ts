import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Storage } from "../../src/accounts/storage/pages.ts";

/** What workerd takes in a row. */
const ROW_MAX_BYTES = 2_097_152;

/**
 * An object's SQL on node:sqlite, so that storage can be tested with thousands of cases in Node. It
 * has what our storage uses: `exec` with `toArray`, `one` and iteration.
 */
export class MemorySql {
  /** Rows written so far, as Cloudflare would count them: our tables have no second index. */
  rowsWritten = 0;
  /** Nothing more can be written. */
  isFull = false;
  private readonly database = new DatabaseSync(":memory:");
  private readonly statements = new Map<string, StatementSync>();

  exec(query: string, ...bindings: SQLInputValue[]) {
    if (bindings.length === 0 && query.includes(";")) {
      this.database.exec(query);
      return cursor([]);
    }
    for (const value of bindings) {
      if (typeof value === "string" && Buffer.byteLength(value) > ROW_MAX_BYTES) {
        throw new Error("string or blob too big: SQLITE_TOOBIG");
      }
    }
    if (this.isFull && !/^\s*select/i.test(query)) throw new Error("database or disk is full");
    const statement = this.statements.get(query) ?? this.database.prepare(query);
    this.statements.set(query, statement);
    if (/^\s*select/i.test(query)) return cursor(statement.all(...bindings));
    this.rowsWritten += Number(statement.run(...bindings).changes);
    return cursor([]);
  }

  transactionSync<T>(work: () => T): T {
    this.database.exec("BEGIN");
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.database.exec("ROLLBACK");
      throw error;
    }
  }

  /** The cast holds for what our storage uses of it. */
  asStorage(): Storage {
    const sql = this as unknown as SqlStorage;
    return { sql, transactionSync: (work) => this.transactionSync(work) };
  }
}

function cursor(rows: Record<string, unknown>[]) {
  return {
    toArray: () => rows,
    one: () => rows[0],
    [Symbol.iterator]: () => rows[Symbol.iterator](),
  };
}
