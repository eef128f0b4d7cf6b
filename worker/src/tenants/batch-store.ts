import type { Outcome } from "@roost/contract/errors";
import type { Id } from "@roost/contract/ids";
import type { BatchError } from "@roost/contract/messages";
import { IDEMPOTENCY_MS, MISMATCH } from "./idempotency-store.ts";

export const batchMigration = `
  CREATE TABLE batches (
    key TEXT PRIMARY KEY,
    body_hash TEXT NOT NULL,
    assigned TEXT NOT NULL,
    errors TEXT,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID`;

/** Which account takes each message of a batch; null where none does. */
export type Assigned = (Id<"account"> | null)[];
/** What the messages were refused for that were, by their place in the batch. */
export type BatchErrors = { place: number; error: BatchError }[];
/** A batch that was asked for before. `errors` is null while its first answer was never finished. */
export type KnownBatch = { assigned: Assigned; errors: BatchErrors | null };

/** The batch of this key; null when the key is new. */
export function findBatch(
  sql: SqlStorage,
  key: string,
  bodyHash: string,
  now: number,
): Outcome<KnownBatch | null> {
  const [row] = sql
    .exec<{ body_hash: string; assigned: string; errors: string | null }>(
      "SELECT body_hash, assigned, errors FROM batches WHERE key = ? AND expires_at > ?",
      key,
      now,
    )
    .toArray();
  if (row === undefined) return { ok: true, value: null };
  if (row.body_hash !== bodyHash) return MISMATCH;
  // Written by the functions below alone, from these types.
  const assigned = JSON.parse(row.assigned) as Assigned;
  const errors = row.errors === null ? null : (JSON.parse(row.errors) as BatchErrors);
  return { ok: true, value: { assigned, errors } };
}

/** Fixes who takes what before anybody does, so that a repeat asks the same accounts. */
export function openBatch(
  sql: SqlStorage,
  key: string,
  bodyHash: string,
  assigned: Assigned,
  now: number,
): Outcome<KnownBatch> {
  const known = findBatch(sql, key, bodyHash, now);
  if (!known.ok) return known;
  if (known.value !== null) return { ok: true, value: known.value };
  sql.exec(
    "INSERT OR REPLACE INTO batches VALUES (?, ?, ?, NULL, ?)",
    key,
    bodyHash,
    JSON.stringify(assigned),
    now + IDEMPOTENCY_MS,
  );
  return { ok: true, value: { assigned, errors: null } };
}

/** The batch is answered: from now on every repeat is refused the same messages. */
export function closeBatch(sql: SqlStorage, key: string, errors: BatchErrors): void {
  sql.exec(
    "UPDATE batches SET errors = ? WHERE key = ? AND errors IS NULL",
    JSON.stringify(errors),
    key,
  );
}
