/**
 * Applies what is new in an append-only list of SQL. Synchronous, so it is over before any call
 * arrives and needs no lock.
 */
export function migrate(storage: DurableObjectStorage, migrations: readonly string[]): void {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS _migrations (id INTEGER PRIMARY KEY)");
  const { applied } = sql
    .exec<{ applied: number }>("SELECT count(*) AS applied FROM _migrations")
    .one();
  for (const statements of migrations.slice(applied)) {
    storage.transactionSync(() => {
      sql.exec(statements);
      sql.exec("INSERT INTO _migrations DEFAULT VALUES");
    });
  }
}

/** Whether the object was ever set up. A look at a nonsense id must not leave storage behind. */
export function isMigrated(storage: DurableObjectStorage): boolean {
  return (
    storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = '_migrations'").toArray().length > 0
  );
}
