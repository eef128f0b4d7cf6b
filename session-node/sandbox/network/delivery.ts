import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from "@whiskeysockets/baileys";
import { element } from "../stanzas/node.ts";
import { noteDelivered } from "../storage/delivered.ts";
import { lidJid, pnJid } from "./addresses.ts";
import type { Companion } from "./companion.ts";
import type { Connection } from "./connection.ts";
import type { Network } from "./network.ts";

/** A stanza a companion has not confirmed yet; `n` is its row and its place in the queue. */
export type Pending = { n: number; node: BinaryNode; stanza: Buffer; sentOn: Connection | null };

/**
 * Hands a stanza to a companion, now or at its next login. It is kept until the companion confirms
 * it, and sent only once it is on disk. `delayMs` lets a read receipt come after the delivery.
 */
export function push(
  network: Network,
  companion: Companion,
  node: BinaryNode,
  { delayMs = 0 } = {},
): void {
  const { store } = network;
  if (isSilent(network, companion, node)) return;
  const key = keyOf(node);
  settle(network, companion, key);
  const n = network.nextPending++;
  const pending: Pending = { n, node, stanza: encodeBinaryNode(node), sentOn: null };
  companion.pending.set(key, pending);
  store.run(
    "INSERT INTO pending (n, number, device, key, stanza) VALUES (?, ?, ?, ?, ?)",
    n,
    companion.phone.number,
    companion.device,
    key,
    pending.stanza,
  );
  const send = () => transmit(companion, key, pending);
  store.afterCommit(delayMs > 0 ? () => setTimeout(send, delayMs) : send);
}

/** The owner's phone lies switched off somewhere: its companions hear nothing from it. */
function isSilent(network: Network, { phone }: Companion, { attrs }: BinaryNode): boolean {
  if (!network.faults.find("phone_silent", phone.number)) return false;
  return attrs["from"] === pnJid(phone) || attrs["from"] === lidJid(phone);
}

/** The companion has said that it has the message, or that it wants it no more. */
export function settleMessage(network: Network, companion: Companion, waId: string): void {
  const key = pendingKey("message", waId);
  if (!companion.pending.has(key)) return;
  settle(network, companion, key);
  const { number } = companion.phone;
  noteDelivered(network.store, { number, device: companion.device, waId });
}

/** These stanzas need not be sent any more. */
export function settle(network: Network, companion: Companion, ...keys: string[]): void {
  for (const key of keys) {
    const pending = companion.pending.get(key);
    if (!pending) continue;
    companion.pending.delete(key);
    network.store.run("DELETE FROM pending WHERE n = ?", pending.n);
  }
}

/** What a stanza is confirmed by: its class, its id and its type. Messages have no type to confirm. */
export function keyOf({ tag, attrs }: BinaryNode): string {
  return pendingKey(tag, attrs["id"] ?? "", tag === "message" ? undefined : attrs["type"]);
}

export function pendingKey(tag: string, id: string, type?: string): string {
  return type ? `${tag} ${id} ${type}` : `${tag} ${id}`;
}

/** Everything that waited for this login, in order, marked as offline; then the word that it is over. */
export function drain(network: Network, companion: Companion): void {
  const { connection } = companion;
  if (!connection) return;
  const waiting = [...companion.pending.entries()];
  if (waiting.length > 0) connection.send(offlinePreview(waiting.map(([key]) => key)));

  for (const [index, [, pending]] of waiting.entries()) {
    const { node } = pending;
    pending.sentOn = connection;
    connection.send({ ...node, attrs: { ...node.attrs, offline: String(index) } });
  }
  connection.send(element("ib", {}, [element("offline", { count: String(waiting.length) })]));
  network.counters.offline += waiting.length;
}

/** Puts the stanzas back in memory that were not confirmed when the process ended. */
export async function restorePending(network: Network): Promise<void> {
  const rows = network.store.all<{
    n: number;
    number: string;
    device: number;
    key: string;
    stanza: Uint8Array;
  }>("SELECT n, number, device, key, stanza FROM pending ORDER BY n");
  for (const row of rows) {
    const companion = network.book.find(row.number)?.companions.get(row.device);
    const stanza = Buffer.from(row.stanza);
    const node = await decodeBinaryNode(stanza);
    companion?.pending.set(row.key, { n: row.n, node, stanza, sentOn: null });
    network.nextPending = row.n + 1;
  }
}

function transmit(companion: Companion, key: string, pending: Pending): void {
  const { connection } = companion;
  if (!connection || pending.sentOn === connection) return;
  // Confirmed or replaced in the meantime.
  if (companion.pending.get(key) !== pending) return;
  pending.sentOn = connection;
  connection.sendEncoded(pending.stanza);
}

function offlinePreview(keys: readonly string[]): BinaryNode {
  const count = (tag: string) => String(keys.filter((key) => key.startsWith(`${tag} `)).length);
  return element("ib", {}, [
    element("offline_preview", {
      count: String(keys.length),
      message: count("message"),
      receipt: count("receipt"),
      notification: count("notification"),
      appdata: "0",
    }),
  ]);
}
