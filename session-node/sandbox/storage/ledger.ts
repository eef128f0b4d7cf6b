import type { Store } from "./store.ts";

/** One message stanza the network saw. `hash` is null when no phone could read it. */
export type LedgerRow = {
  n: number;
  at: string;
  account: string;
  device: number;
  to: string;
  wa_id: string;
  hash: string | null;
};

type NewRow = Omit<LedgerRow, "n" | "at"> & { at: number };

/** Adds a row; false when this account already sent a message of that id. */
export function appendToLedger(store: Store, row: NewRow): boolean {
  const { at, account, device, to, wa_id, hash } = row;
  return (
    store.run(
      `INSERT OR IGNORE INTO ledger (at, account, device, recipient, wa_id, hash)
       VALUES (?, ?, ?, ?, ?, ?)`,
      at,
      account,
      device,
      to,
      wa_id,
      hash,
    ) === 1
  );
}

/** The rows after number `since`, in order. Only what is on disk: call `durable` first. */
export function readLedger(store: Store, since: number, limit: number): LedgerRow[] {
  return store
    .all<Omit<LedgerRow, "at"> & { at: number }>(
      `SELECT n, at, account, device, recipient AS "to", wa_id, hash FROM ledger
       WHERE n > ? ORDER BY n LIMIT ?`,
      since,
      limit,
    )
    .map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
}

/** The device that sent this message, undefined when the ledger has no such message. */
export function senderDevice(store: Store, account: string, waId: string): number | undefined {
  return store.one<{ device: number }>(
    "SELECT device FROM ledger WHERE account = ? AND wa_id = ?",
    account,
    waId,
  )?.device;
}
