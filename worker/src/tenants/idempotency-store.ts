import { type Outcome, refuse } from "@roost/contract/errors";
import type { Id } from "@roost/contract/ids";

export const idempotencyMigration = `
  CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    body_hash TEXT NOT NULL,
    answer TEXT,
    retry_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE pins (
    key TEXT PRIMARY KEY,
    body_hash TEXT NOT NULL,
    account TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID`;

export const IDEMPOTENCY_MS = 7 * 24 * 60 * 60 * 1000;
/** After this long without an answer the first try is taken for dead, and another may begin. */
export const IN_FLIGHT_MS = 30_000;

/** An answer as it is given again. `body` is null where it held a secret, which is never kept. */
export type StoredAnswer = { status: number; body: string | null };
export type Begun = { kind: "begin" } | { kind: "replay"; answer: StoredAnswer };

export const MISMATCH = refuse(
  "idempotency_mismatch",
  "This Idempotency-Key was used with another request. Use a new one for a new request.",
);

/** The first to ask may begin; later ones get its answer, or are told to wait for it. */
export function beginRequest(
  sql: SqlStorage,
  key: string,
  bodyHash: string,
  now: number,
): Outcome<Begun> {
  const [row] = sql
    .exec<{ body_hash: string; answer: string | null; retry_at: number }>(
      "SELECT body_hash, answer, retry_at FROM idempotency WHERE key = ? AND expires_at > ?",
      key,
      now,
    )
    .toArray();
  if (row !== undefined) {
    if (row.body_hash !== bodyHash) return MISMATCH;
    if (row.answer !== null) {
      // Written by `finishRequest` alone, from this type.
      return {
        ok: true,
        value: { kind: "replay", answer: JSON.parse(row.answer) as StoredAnswer },
      };
    }
    if (row.retry_at > now) {
      const seconds = Math.ceil((row.retry_at - now) / 1000);
      const { refusal } = refuse("in_flight", "The first request with this key is still at work.");
      return { ok: false, refusal: { ...refusal, retryAfterSeconds: Math.min(seconds, 2) } };
    }
  }
  sql.exec(
    "INSERT OR REPLACE INTO idempotency VALUES (?, ?, NULL, ?, ?)",
    key,
    bodyHash,
    now + IN_FLIGHT_MS,
    now + IDEMPOTENCY_MS,
  );
  return { ok: true, value: { kind: "begin" } };
}

/** Keeps the answer for later repeats; null forgets the request, as nothing came of it. */
export function finishRequest(sql: SqlStorage, key: string, answer: StoredAnswer | null): void {
  if (answer === null) sql.exec("DELETE FROM idempotency WHERE key = ?", key);
  else sql.exec("UPDATE idempotency SET answer = ? WHERE key = ?", JSON.stringify(answer), key);
}

/** The account that answers for a key; null when the key is new. */
export function pinned(
  sql: SqlStorage,
  key: string,
  bodyHash: string,
  now: number,
): Outcome<Id<"account"> | null> {
  const [row] = sql
    .exec<{ body_hash: string; account: Id<"account"> }>(
      "SELECT body_hash, account FROM pins WHERE key = ? AND expires_at > ?",
      key,
      now,
    )
    .toArray();
  if (row === undefined) return { ok: true, value: null };
  return row.body_hash === bodyHash ? { ok: true, value: row.account } : MISMATCH;
}

/** Which account answers for a key: the first one pinned, so that a repeat finds the same outbox. */
export function pin(
  sql: SqlStorage,
  key: string,
  bodyHash: string,
  account: Id<"account">,
  now: number,
): Outcome<Id<"account">> {
  const known = pinned(sql, key, bodyHash, now);
  if (!known.ok) return known;
  if (known.value !== null) return { ok: true, value: known.value };
  const expiresAt = now + IDEMPOTENCY_MS;
  sql.exec("INSERT OR REPLACE INTO pins VALUES (?, ?, ?, ?)", key, bodyHash, account, expiresAt);
  return { ok: true, value: account };
}

/** Deletes what is older than seven days and says whether anything is left. */
export function cleanIdempotency(sql: SqlStorage, now: number): boolean {
  sql.exec("DELETE FROM idempotency WHERE expires_at <= ?", now);
  sql.exec("DELETE FROM pins WHERE expires_at <= ?", now);
  sql.exec("DELETE FROM batches WHERE expires_at <= ?", now);
  return (
    sql
      .exec(
        "SELECT 1 FROM idempotency UNION ALL SELECT 1 FROM pins UNION ALL SELECT 1 FROM batches LIMIT 1",
      )
      .toArray().length > 0
  );
}
