import type { Store } from "./store.ts";

/** A message that the network regards as delivered to a companion: it will not send it again. */
export type DeliveredRow = { n: number; at: string; device: number; wa_id: string };

/** The companion has confirmed the message, or refused it for good. */
export function noteDelivered(
  store: Store,
  { number, device, waId }: { number: string; device: number; waId: string },
): void {
  store.run(
    "INSERT OR IGNORE INTO delivered (at, number, device, wa_id) VALUES (?, ?, ?, ?)",
    Date.now(),
    number,
    device,
    waId,
  );
}

/** What was delivered to the companions of this phone, in order. */
export function readDelivered(store: Store, number: string): DeliveredRow[] {
  return store
    .all<Omit<DeliveredRow, "at"> & { at: number }>(
      "SELECT n, at, device, wa_id FROM delivered WHERE number = ? ORDER BY n",
      number,
    )
    .map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
}
