import { type Addressing, jidOf, pnJid } from "../network/addresses.ts";
import { push } from "../network/delivery.ts";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import { element, seconds } from "../stanzas/node.ts";
import { findMessage, raiseStatus } from "../storage/messages.ts";

/** A person takes a moment to read. */
const READ_AFTER_MS = 20;

/** What a phone says by itself about a message that has just arrived. */
export function acknowledgeArrival(
  network: Network,
  phone: Phone,
  sender: Phone,
  waId: string,
  addressing: Addressing,
): void {
  if (phone.receipts === "none" || phone === sender) return;
  report(network, { reader: phone, sender, waId, addressing, status: "delivered" });
  // The owner of a phone with companions reads there; the phone lies in a pocket.
  if (phone.receipts !== "auto" || phone.companions.size > 0) return;
  markRead(network, phone, waId);
  report(network, { reader: phone, sender, waId, addressing, status: "read" }, READ_AFTER_MS);
}

/** The owner opens the chat on the phone: the sender and the owner's companions are told. */
export function readOnPhone(network: Network, phone: Phone, waId: string): boolean {
  const message = findMessage(network.store, phone.number, waId);
  const sender = message && network.book.find(message.from);
  if (!message || !sender || message.direction !== "in") return false;

  const { addressing } = message;
  markRead(network, phone, waId);
  report(network, { reader: phone, sender, waId, addressing, status: "read" });
  tellOwnCompanions(network, phone, sender, waId, addressing, null);
  return true;
}

/** The message is read at the reader's own phone. */
export function markRead(network: Network, reader: Phone, waId: string): void {
  if (!raiseStatus(network.store, reader.number, waId, "read")) return;
  network.tell({ kind: "status", number: reader.number, wa_id: waId, status: "read" });
}

/** Those of one's own devices that did not read the message learn that another one did. */
export function tellOwnCompanions(
  network: Network,
  reader: Phone,
  sender: Phone,
  waId: string,
  addressing: Addressing,
  except: number | null,
): void {
  for (const companion of reader.companions.values()) {
    if (companion.device === except) continue;
    const receipt = element("receipt", {
      id: waId,
      from: pnJid(reader),
      recipient: jidOf(sender, addressing),
      type: "read-self",
      t: seconds(),
    });
    push(network, companion, receipt);
  }
}

export type Report = {
  reader: Phone;
  sender: Phone;
  waId: string;
  addressing: Addressing;
  status: "delivered" | "read";
  /** What the client called it: a played voice message counts as read. */
  type?: string;
};

/** Brings a receipt to every device of the sender. */
export function report(
  network: Network,
  { reader, sender, waId, addressing, status, type }: Report,
  delayMs = 0,
): void {
  const receipt = element("receipt", {
    id: waId,
    from: jidOf(reader, addressing),
    type: type ?? (status === "read" ? "read" : undefined),
    t: seconds(),
  });
  for (const companion of sender.companions.values()) {
    push(network, companion, receipt, { delayMs });
  }
  if (raiseStatus(network.store, sender.number, waId, status)) {
    network.tell({ kind: "status", number: sender.number, wa_id: waId, status });
  }
}
