import { type BinaryNode, getBinaryNodeChild } from "@whiskeysockets/baileys";
import { refusalOfNewChat } from "../faults/standing.ts";
import {
  type Addressed,
  addressingOf,
  jidOf,
  lidJid,
  lidOf,
  parseJid,
  pnJid,
} from "../network/addresses.ts";
import type { Companion } from "../network/companion.ts";
import { push } from "../network/delivery.ts";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import { type Envelope, type Received, receiveAtPhone } from "../phones/receive.ts";
import { onPeerMessage } from "../phones/resend.ts";
import { acknowledgeArrival } from "../phones/receipts.ts";
import { appendToLedger } from "../storage/ledger.ts";
import { children, element, seconds } from "./node.ts";
import type { Session, StanzaHandler } from "./session.ts";

/** Groups are not simulated yet. */
const NO_SUCH_GROUP = 404;

/** One ciphertext of a message and the device it is for. */
type Target = { phone: Phone; device: number; encrypted: BinaryNode };

/**
 * A companion sends a message. It is delivered, entered in the ledger and acknowledged; the
 * acknowledgement, and what follows from it, waits for the disk. The same id again is the same message: it is
 * acknowledged again, and only brought to devices that do not have it yet.
 */
export const onMessage: StanzaHandler = async (session, node) => {
  const { network, companion } = session;
  const { id = "", to = "", category } = node.attrs;
  const account = companion.phone;
  const recipient = network.book.resolve(to);
  const addressee = recipient ?? nobody(to);
  if (parseJid(to)?.kind === "group") return acknowledge(session, id, to, NO_SUCH_GROUP);
  if (category === "peer") {
    acknowledge(session, id, to);
    await onPeerMessage(network, companion, node);
    return;
  }
  if (!addressee) return acknowledge(session, id, to);

  network.counters.messages++;
  const error =
    network.faults.take("ack_error", account.number)?.code ??
    (recipient && refusalOfNewChat(network, account, recipient));
  if (error) return acknowledge(session, id, to, error);

  const envelope: Envelope = {
    sender: account,
    device: companion.device,
    recipient: addressee,
    addressing: addressingOf(to),
    waId: id,
    at: Date.now(),
  };
  const targets = targetsOf(network, node, to);
  const arrivals = await deliverToPhones(network, envelope, targets);
  const isNew = appendToLedger(network.store, {
    at: envelope.at,
    account: account.number,
    device: companion.device,
    to: addressee.number,
    wa_id: id,
    hash: hashOf(arrivals, addressee),
  });
  if (!isNew) network.counters.repeats++;
  acknowledgeUnlessFaulty(session, id, to);
  deliverToCompanions(network, envelope, targets, node);
  for (const { phone, outcome } of arrivals) {
    // A phone may have kept the message in an attempt that ended before the ledger had it.
    const isNews = outcome === "new" || (isNew && outcome === "repeat");
    if (isNews) acknowledgeArrival(network, phone, account, id, envelope.addressing);
  }
};

function acknowledgeUnlessFaulty(session: Session, id: string, to: string): void {
  const { faults } = session.network;
  const { number } = session.companion.phone;
  if (faults.take("ack_lost", number)) return;
  const late = faults.take("ack_late", number);
  if (late) setTimeout(() => acknowledge(session, id, to), late.ms);
  else acknowledge(session, id, to);
}

/** Says that the message was taken, once everything about it is on disk. */
function acknowledge({ network, connection }: Session, id: string, to: string, error?: number) {
  network.store.afterCommit(() =>
    connection.send(
      element("ack", {
        class: "message",
        id,
        from: to,
        t: seconds(),
        error: error === undefined ? undefined : String(error),
      }),
    ),
  );
}

function targetsOf(network: Network, node: BinaryNode, to: string): Target[] {
  const participants = children(getBinaryNodeChild(node, "participants"), "to");
  const direct = getBinaryNodeChild(node, "enc");
  const addressed = participants.map((participant) => ({
    jid: participant.attrs["jid"],
    encrypted: getBinaryNodeChild(participant, "enc"),
  }));
  if (direct) addressed.push({ jid: to, encrypted: direct });

  return addressed.flatMap(({ jid, encrypted }) => {
    const phone = network.book.resolve(jid);
    return phone && encrypted ? [{ phone, device: parseJid(jid)?.device ?? 0, encrypted }] : [];
  });
}

type Arrival = Received & { phone: Phone };

async function deliverToPhones(
  network: Network,
  envelope: Envelope,
  targets: readonly Target[],
): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  for (const { phone, device, encrypted } of targets) {
    if (device !== 0) continue;
    arrivals.push({ ...(await receiveAtPhone(network, phone, envelope, encrypted)), phone });
  }
  return arrivals;
}

/** What the recipient read counts; the sender's own phone is the second-best witness. */
function hashOf(arrivals: readonly Arrival[], { number }: Addressed): string | null {
  const atRecipient = arrivals.find(({ phone, hash }) => hash && phone.number === number);
  return (atRecipient ?? arrivals.find(({ hash }) => hash))?.hash ?? null;
}

function deliverToCompanions(
  network: Network,
  envelope: Envelope,
  targets: readonly Target[],
  node: BinaryNode,
): void {
  for (const { phone, device, encrypted } of targets) {
    const companion = device === 0 ? undefined : phone.companions.get(device);
    if (companion && isWanted(network, companion, envelope)) {
      push(network, companion, forwarded(envelope, phone, encrypted, node));
    }
  }
}

/** A companion gets a message once, unless it has asked for it again. */
function isWanted(network: Network, companion: Companion, { sender, waId }: Envelope): boolean {
  const hadAsked = companion.retries.delete(`${sender.number} ${waId}`);
  const isFirst =
    network.store.run(
      "INSERT OR IGNORE INTO handed_over (number, device, sender, wa_id) VALUES (?, ?, ?, ?)",
      companion.phone.number,
      companion.device,
      sender.number,
      waId,
    ) === 1;
  return isFirst || hadAsked;
}

/** The message as the receiving companion sees it. */
function forwarded(
  { sender, device, recipient, addressing, waId, at }: Envelope,
  receiver: Phone,
  encrypted: BinaryNode,
  original: BinaryNode,
): BinaryNode {
  const isLid = addressing === "lid";
  const mode = isLid ? { addressing_mode: "lid" } : {};
  const from =
    receiver === sender
      ? {
          from: jidOf(sender, addressing, device),
          recipient: jidOf(recipient, addressing),
          ...(isLid
            ? { peer_recipient_pn: pnJid(recipient) }
            : { recipient_lid: lidJid(recipient) }),
          ...mode,
        }
      : {
          from: jidOf(sender, addressing, device),
          ...(isLid ? { sender_pn: pnJid(sender) } : { sender_lid: lidJid(sender) }),
          ...mode,
        };
  const identity = getBinaryNodeChild(original, "device-identity");
  return element(
    "message",
    { ...from, id: waId, type: original.attrs["type"], t: seconds(at), notify: sender.name },
    identity ? [encrypted, identity] : [encrypted],
  );
}

/** A number that is not on WhatsApp still has a place in the ledger; a group has none yet. */
function nobody(to: string): Addressed | undefined {
  const parsed = parseJid(to);
  if (parsed?.kind !== "pn" && parsed?.kind !== "lid") return undefined;
  return { number: parsed.user, lid: lidOf(parsed.user) };
}
