import type { Outcome } from "@roost/contract/errors";
import { refuse } from "@roost/contract/errors";
import type { Id } from "@roost/contract/ids";
import type { Key } from "@roost/contract/keys";
import type { Scope } from "@roost/contract/scopes";
import { isExpired, type KeyGrant } from "../keys/key-cache.ts";
import { isSameHash, sha256 } from "../lib/crypto.ts";

export const keyMigration = `
  CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    hint TEXT NOT NULL,
    scopes TEXT NOT NULL,
    accounts TEXT,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) WITHOUT ROWID`;

/** Live keys a tenant may have. Rotation needs two per app; a leak of this many is a bug. */
export const MAX_LIVE_KEYS = 100;
/** "Last used" is right to the minute, so that it costs at most one write a minute. */
const LAST_USED_STEP_MS = 60_000;
/** What an unknown key is compared with, so that it takes as long as a known one. */
const NO_HASH = sha256("no key has this text");

type Row = {
  id: Id<"key">;
  name: string;
  hash: string;
  hint: string;
  scopes: string;
  accounts: string | null;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
  created_at: number;
};

/** A key as it is stored: with the hash of its text, never the text. */
export type NewKey = {
  id: Id<"key">;
  name: string;
  hash: string;
  hint: string;
  scopes: Scope[];
  accounts: Id<"account">[] | null;
  expiresAt: number | null;
  createdBy: Id<"user"> | Id<"key">;
};

/** Keeps the key unless the tenant has too many, or it would outlive the key that made it. */
export function insertKey(sql: SqlStorage, key: NewKey, now: number): Outcome<Key> {
  const [maker] = sql
    .exec<Pick<Row, "expires_at">>("SELECT expires_at FROM keys WHERE id = ?", key.createdBy)
    .toArray();
  const latest = maker?.expires_at ?? null;
  if (latest !== null && (key.expiresAt === null || key.expiresAt > latest)) {
    return refuse("forbidden", "A key cannot make another that lives longer than itself.");
  }
  const inserted = sql.exec(
    `INSERT INTO keys (id, name, hash, hint, scopes, accounts, expires_at, created_by, created_at)
     SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?
     WHERE (SELECT count(*) FROM keys
            WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)) < ?`,
    key.id,
    key.name,
    key.hash,
    key.hint,
    JSON.stringify(key.scopes),
    key.accounts === null ? null : JSON.stringify(key.accounts),
    key.expiresAt,
    key.createdBy,
    now,
    now,
    MAX_LIVE_KEYS,
  );
  if (inserted.rowsWritten === 0) {
    return refuse("invalid_state", `There are ${MAX_LIVE_KEYS} live keys. Revoke one first.`);
  }
  return { ok: true, value: publicKey(rowOf(sql, key.id)) };
}

/** What the key may do, or null for an unknown, revoked or expired one and for a wrong secret. */
export function checkKey(
  sql: SqlStorage,
  id: Id<"key">,
  hash: string,
  now: number,
): KeyGrant | null {
  const [row] = sql.exec<Row>("SELECT * FROM keys WHERE id = ?", id).toArray();
  const isRight = isSameHash(row?.hash ?? NO_HASH, hash);
  if (row === undefined || !isRight || row.revoked_at !== null) return null;
  const grant = { ...rights(row), expiresAt: row.expires_at };
  if (isExpired(grant, now)) return null;
  if (row.last_used_at === null || row.last_used_at + LAST_USED_STEP_MS <= now) {
    sql.exec("UPDATE keys SET last_used_at = ? WHERE id = ?", now, id);
  }
  return grant;
}

/** All keys, the newest first; revoked ones too, so that a person sees what there was. */
export function readKeys(sql: SqlStorage): Key[] {
  return sql.exec<Row>("SELECT * FROM keys ORDER BY id DESC").toArray().map(publicKey);
}

/** Ends a key. Null when there is no such key; ending it twice changes nothing. */
export function endKey(sql: SqlStorage, id: Id<"key">, now: number): boolean {
  sql.exec("UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", now, id);
  return sql.exec("SELECT 1 FROM keys WHERE id = ?", id).toArray().length > 0;
}

function rowOf(sql: SqlStorage, id: Id<"key">): Row {
  return sql.exec<Row>("SELECT * FROM keys WHERE id = ?", id).one();
}

/** Both columns are written by `insertKey` alone, from these types. */
function rights(row: Row): Pick<KeyGrant, "scopes" | "accounts"> {
  return {
    scopes: JSON.parse(row.scopes) as Scope[],
    accounts: row.accounts === null ? null : (JSON.parse(row.accounts) as Id<"account">[]),
  };
}

function publicKey(row: Row): Key {
  const time = (at: number | null): string | null =>
    at === null ? null : new Date(at).toISOString();
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    ...rights(row),
    expires_at: time(row.expires_at),
    last_used_at: time(row.last_used_at),
    revoked_at: time(row.revoked_at),
    created_at: new Date(row.created_at).toISOString(),
  };
}
