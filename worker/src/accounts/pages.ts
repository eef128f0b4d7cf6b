import type { Head, KeyEntry, StoredChat, StoredEvent, StoredMessage } from "./stored.ts";

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

/**
 * Many things packed in one row, since rows written are what an account costs. Only a checkpoint
 * writes pages; what happened after it is in the tick log.
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
    return row === undefined ? null : (JSON.parse(row.content) as PageContent[K]);
  }

  /** All pages of a kind, one at a time, the newest first. */
  *newestFirst<K extends PageKind>(kind: K): Generator<[number, PageContent[K]]> {
    const rows = this.sql.exec<{ n: number; content: string }>(
      "SELECT n, content FROM pages WHERE kind = ? ORDER BY n DESC",
      kind,
    );
    for (const { n, content } of rows) yield [n, JSON.parse(content) as PageContent[K]];
  }

  write<K extends PageKind>(kind: K, n: number, content: PageContent[K]): void {
    this.sql.exec(
      `INSERT INTO pages VALUES (?, ?, ?)
       ON CONFLICT (kind, n) DO UPDATE SET content = excluded.content`,
      kind,
      n,
      JSON.stringify(content),
    );
  }

  forget(kind: PageKind): void {
    this.sql.exec("DELETE FROM pages WHERE kind = ?", kind);
  }
}
