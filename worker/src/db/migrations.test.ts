import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const directory = join(root, "migrations");

/** What the tables and indexes of a database are, whatever words made them. */
function shapeOf(sql: readonly string[]): object {
  const database = new DatabaseSync(":memory:");
  for (const each of sql) database.exec(each);
  const rows = (query: string): Record<string, unknown>[] => database.prepare(query).all();
  const tables = rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  return Object.fromEntries(
    tables
      .map((table) => String(table.name))
      .map((name) => [
        name,
        {
          columns: rows(`SELECT name, type, "notnull", lower(dflt_value) AS usual, pk
          FROM pragma_table_info('${name}') ORDER BY name`).map((column) => ({
            ...column,
            type: String(column.type).toUpperCase(),
          })),
          references: rows(`SELECT "table", "from", "to", on_delete
          FROM pragma_foreign_key_list('${name}') ORDER BY "from"`),
          indexes: rows(`SELECT i."unique", i.partial, group_concat(c.name) AS columns
          FROM pragma_index_list('${name}') i, pragma_index_info(i.name) c
          WHERE i.origin = 'c' GROUP BY i.name ORDER BY i.name`),
        },
      ]),
  );
}

test("the migrations lead to the schema that the code reads and writes", () => {
  const drizzleKit = join(root, "worker/node_modules/drizzle-kit/bin.cjs");
  const schema = execFileSync(
    process.execPath,
    [drizzleKit, "export", "--config", "worker/drizzle.config.ts"],
    { cwd: root, encoding: "utf8" },
  );
  const files = readdirSync(directory)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const migrations = files.map((name) => readFileSync(join(directory, name), "utf8"));
  expect(shapeOf(migrations)).toEqual(shapeOf([schema]));
}, 30_000);

test("each migration has the next number and a name", () => {
  const files = readdirSync(directory)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  for (const [index, name] of files.entries()) {
    expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, "0")}_[a-z_]+\\.sql$`));
  }
});
