import { rowsOf } from "./rows-of.ts";
import type { Head, KeyEntry, StoredChat, StoredEvent, StoredMessage } from "../stored.ts";

/** What each kind of page holds. */
export type PageContent = {
  head: Head;
  messages: StoredMessage[];
  chats: StoredChat[];
  events: StoredEvent[];
  /** Encrypted values by name. */
  keys: Record<string, string>;
  repeats: KeyEntry[];
};
export type PageKind = keyof PageContent;

export const storageMigration = `
  CREATE TABLE pages (
    kind TEXT NOT NULL,
    n INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (kind, n)
  ) WITHOUT ROWID;
  CREATE TABLE ticks (
    slot INTEGER PRIMARY KEY,
    tick INTEGER NOT NULL,
    changes TEXT NOT NULL
  )`;

const PARTS = ":";

/** Storage, as far as an account needs it. */
export type Storage = Pick<DurableObjectStorage, "sql" | "transactionSync">;

/**
 * Many things packed in one row, since rows written are what an account costs. Only a checkpoint
 * writes pages; what happened after it is in the tick log.
 *
 * A page that is too long for a row goes on in rows of its own: the first one then begins with their
 * number, which no JSON of ours does. Parts of a page that got shorter stay until it is forgotten.
 */
export class Pages {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  /** A page's content, or null. The cast is sound: `write` took the text from this kind of content. */
  read<K extends PageKind>(kind: K, n: number): PageContent[K] | null {
    const [row] = this.sql
      .exec<{ content: string }>("SELECT content FROM pages WHERE kind = ? AND n = ?", kind, n)
      .toArray();
    return row === undefined ? null : this.parse(kind, n, row.content);
  }

  /** All pages of a kind, one at a time, the newest first. */
  *newestFirst<K extends PageKind>(kind: K): Generator<[number, PageContent[K]]> {
    const rows = this.sql.exec<{ n: number; content: string }>(
      "SELECT n, content FROM pages WHERE kind = ? ORDER BY n DESC",
      kind,
    );
    for (const { n, content } of rows) yield [n, this.parse(kind, n, content)];
  }

  write<K extends PageKind>(kind: K, n: number, content: PageContent[K]): void {
    const [first = "", ...more] = rowsOf(JSON.stringify(content));
    this.writeRow(kind, n, more.length === 0 ? first : `${more.length}${PARTS}${first}`);
    for (const [i, part] of more.entries()) this.writeRow(partOf(kind, i), n, part);
  }

  forget(kind: PageKind): void {
    this.sql.exec("DELETE FROM pages WHERE kind = ? OR kind LIKE ?", kind, `${kind}+%`);
  }

  private parse<K extends PageKind>(kind: K, n: number, content: string): PageContent[K] {
    const end = /^\d/.test(content) ? content.indexOf(PARTS) : -1;
    const parts = [content.slice(end + 1)];
    for (let i = 0; i < Number(content.slice(0, Math.max(0, end))); i++) {
      const { content: part } = this.sql
        .exec<{ content: string }>(
          "SELECT content FROM pages WHERE kind = ? AND n = ?",
          partOf(kind, i),
          n,
        )
        .one();
      parts.push(part);
    }
    return JSON.parse(parts.join("")) as PageContent[K];
  }

  private writeRow(kind: string, n: number, content: string): void {
    this.sql.exec(
      `INSERT INTO pages VALUES (?, ?, ?)
       ON CONFLICT (kind, n) DO UPDATE SET content = excluded.content`,
      kind,
      n,
      content,
    );
  }
}

function partOf(kind: PageKind, i: number): string {
  return `${kind}+${i + 1}`;
}
