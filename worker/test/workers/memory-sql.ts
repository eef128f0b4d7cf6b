import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/**
 * An object's SQL on node:sqlite, so that storage can be tested with thousands of cases in Node. It
 * has what our storage uses: `exec` with `toArray`, `one` and iteration.
 */
export class MemorySql {
  /** Rows written so far, as Cloudflare would count them: our tables have no second index. */
  rowsWritten = 0;
  private readonly database = new DatabaseSync(":memory:");

  exec(query: string, ...bindings: SQLInputValue[]) {
    if (bindings.length === 0 && query.includes(";")) {
      this.database.exec(query);
      return cursor([]);
    }
    const statement = this.database.prepare(query);
    if (/^\s*select/i.test(query)) return cursor(statement.all(...bindings));
    this.rowsWritten += Number(statement.run(...bindings).changes);
    return cursor([]);
  }

  /** The cast holds for what our storage uses of it. */
  asSqlStorage(): SqlStorage {
    return this as unknown as SqlStorage;
  }
}

function cursor(rows: Record<string, unknown>[]) {
  return {
    toArray: () => rows,
    one: () => rows[0],
    [Symbol.iterator]: () => rows[Symbol.iterator](),
  };
}
