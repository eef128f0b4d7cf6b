import { type BinaryNode, getBinaryNodeChild } from "@whiskeysockets/baileys";
import { addressingOf, jidOf, pnJid } from "../network/addresses.ts";
import { push, settleMessage } from "../network/delivery.ts";
import type { Phone } from "../network/phone.ts";
import { markRead, report, tellOwnCompanions } from "../phones/receipts.ts";
import { sendAgainFromPhone } from "../phones/send.ts";
import { senderDevice } from "../storage/ledger.ts";
import { children, element, firstChild, seconds } from "./node.ts";
import type { Session, StanzaHandler } from "./session.ts";

/** Types by which a companion speaks for others to hear; the rest only settles what it was sent. */
const STATUS_OF: Record<string, "delivered" | "read" | undefined> = {
  "": "delivered",
  inactive: "delivered",
  read: "read",
  played: "read",
};

/** The companion has received a message, has read it, or could not read it. */
export const onReceipt: StanzaHandler = async (session, node) => {
  const { network, connection, companion } = session;
  const { id = "", to = "", type = "", recipient, participant } = node.attrs;
  const ids = [id, ...children(firstChild(node), "item").map((item) => item.attrs["id"] ?? "")];
  for (const each of ids) settleMessage(network, companion, each);
  connection.send(
    element("ack", { class: "receipt", id, from: to, participant, type: type || undefined }),
  );

  const other = network.book.resolve(to);
  if (!other) return;
  if (type === "retry") return await passOnRetry(session, node, other);
  const status = STATUS_OF[type];
  // With a recipient it is about a message of one's own, from another device.
  if (!status || other === companion.phone || recipient) return;
  for (const waId of ids) passOn(session, other, waId, addressingOf(to), status, type);
};

function passOn(
  { network, companion }: Session,
  sender: Phone,
  waId: string,
  addressing: "pn" | "lid",
  status: "delivered" | "read",
  type: string,
): void {
  const reader = companion.phone;
  const spoken = type === "played" ? { type } : {};
  report(network, { reader, sender, waId, addressing, status, ...spoken });
  if (status !== "read") return;
  markRead(network, reader, waId);
  tellOwnCompanions(network, reader, sender, waId, addressing, companion.device);
}

/** Whoever wrote the message has to encrypt it again: a phone, or another companion. */
async function passOnRetry(session: Session, node: BinaryNode, other: Phone): Promise<void> {
  const { network, companion } = session;
  const { id = "", to = "", recipient } = node.attrs;
  const retry = getBinaryNodeChild(node, "retry");
  network.counters.retries++;
  companion.retries.add(`${other.number} ${id}`);

  const device = senderDevice(network.store, other.number, id);
  if (device === undefined) return;
  if (device === 0) {
    const count = retry?.attrs["count"] ?? "1";
    return await sendAgainFromPhone(network, other, companion, id, count);
  }
  const writer = other.companions.get(device);
  if (!writer) return;
  const isOwn = other === companion.phone;
  push(
    network,
    writer,
    element(
      "receipt",
      {
        id,
        type: "retry",
        t: seconds(),
        from: isOwn
          ? pnJid(companion.phone, companion.device)
          : jidOf(companion.phone, addressingOf(to), companion.device),
        recipient: isOwn ? recipient : undefined,
      },
      children(node),
    ),
  );
}
