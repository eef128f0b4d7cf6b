import { randomBytes } from "node:crypto";
import { type BinaryNode, proto } from "@whiskeysockets/baileys";
import { type Addressing, jidOf, lidJid, pnJid } from "../network/addresses.ts";
import type { Companion } from "../network/companion.ts";
import { push } from "../network/delivery.ts";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import type { Ciphertext } from "../signal/device.ts";
import { element, newId, seconds } from "../stanzas/node.ts";
import { appendToLedger } from "../storage/ledger.ts";
import { findMessage, sentContent } from "../storage/messages.ts";
import { contentHash } from "./content.ts";
import { type Envelope, keep, receiveAtPhone } from "./receive.ts";
import { acknowledgeArrival } from "./receipts.ts";

const WA_ID_BYTES = 10;

export type Sending = {
  to: Phone;
  message: proto.IMessage;
  addressing?: Addressing | undefined;
  /** The first ciphertext for each companion is noise, so that they ask again. */
  isCorrupt?: boolean | undefined;
};

/**
 * The phone sends a message: to every device of the other side, and a copy to the owner's own
 * companions, each encrypted for that device alone. Resolves when all of it is on disk.
 */
export async function sendFromPhone(
  network: Network,
  phone: Phone,
  { to, message, addressing = phone.addressing, isCorrupt = false }: Sending,
): Promise<string> {
  const envelope: Envelope = {
    sender: phone,
    device: 0,
    recipient: to,
    addressing,
    waId: newId(WA_ID_BYTES),
    at: Date.now(),
  };
  appendToLedger(network.store, {
    at: envelope.at,
    account: phone.number,
    device: 0,
    to: to.number,
    wa_id: envelope.waId,
    hash: contentHash(message),
  });
  keep(network, phone, envelope, message);

  for (const companion of phone.companions.values()) {
    await copyToOwnCompanion(network, companion, envelope, message, { isCorrupt });
  }
  if (to !== phone) {
    for (const companion of to.companions.values()) {
      await sendToCompanion(network, companion, envelope, message, { isCorrupt });
    }
    await sendToPhone(network, to, envelope, message);
  }
  await network.store.durable();
  return envelope.waId;
}

/** A companion could not read what this phone sent it: encrypts it again in a new session. */
export async function sendAgainFromPhone(
  network: Network,
  phone: Phone,
  companion: Companion,
  waId: string,
  count: string,
): Promise<void> {
  // As if the phone were switched off.
  if (network.faults.take("no_retry", phone.number)) return;
  const kept = findMessage(network.store, phone.number, waId);
  const content = sentContent(network.store, phone.number, waId);
  const to = kept && network.book.find(kept.to);
  if (!kept || !content || !to) return;

  const envelope = {
    sender: phone,
    device: 0,
    recipient: to,
    addressing: kept.addressing,
    waId,
    at: Date.parse(kept.at),
  };
  const message = proto.Message.decode(content);
  const send = companion.phone === phone ? copyToOwnCompanion : sendToCompanion;
  await send(network, companion, envelope, message, { count });
}

type Attempt = { isCorrupt?: boolean; count?: string };

async function sendToCompanion(
  network: Network,
  companion: Companion,
  envelope: Envelope,
  message: proto.IMessage,
  attempt: Attempt,
): Promise<void> {
  const { sender, addressing } = envelope;
  const from =
    addressing === "lid"
      ? { from: lidJid(sender), sender_pn: pnJid(sender), addressing_mode: "lid" }
      : { from: pnJid(sender), sender_lid: lidJid(sender) };
  const encrypted = await encryptFor(companion, envelope, message, attempt);
  push(network, companion, messageStanza(envelope, from, message, encrypted));
}

async function copyToOwnCompanion(
  network: Network,
  companion: Companion,
  envelope: Envelope,
  message: proto.IMessage,
  attempt: Attempt,
): Promise<void> {
  const { sender, recipient, addressing } = envelope;
  const destination = jidOf(recipient, addressing);
  const from =
    addressing === "lid"
      ? {
          from: lidJid(sender),
          recipient: destination,
          peer_recipient_pn: pnJid(recipient),
          addressing_mode: "lid",
        }
      : { from: pnJid(sender), recipient: destination, recipient_lid: lidJid(recipient) };
  const copy = { deviceSentMessage: { destinationJid: destination, message } };
  const encrypted = await encryptFor(companion, envelope, copy, attempt);
  push(network, companion, messageStanza(envelope, from, message, encrypted));
}

/** From phone to phone: both ends are simulated, and both really encrypt and decrypt. */
async function sendToPhone(
  network: Network,
  to: Phone,
  envelope: Envelope,
  message: proto.IMessage,
): Promise<void> {
  const { sender, waId, addressing } = envelope;
  const { type, bytes } = await sender.device.encrypt(
    { lid: to.lid, device: 0 },
    proto.Message.encode(message).finish(),
    () => to.device.takeBundle(),
  );
  const received = await receiveAtPhone(network, to, envelope, element("enc", { type }, bytes));
  if (received.outcome === "new") acknowledgeArrival(network, to, sender, waId, addressing);
}

async function encryptFor(
  companion: Companion,
  { sender }: Envelope,
  message: proto.IMessage,
  { isCorrupt, count }: Attempt,
): Promise<BinaryNode> {
  const { type, bytes } = await sender.device.encrypt(
    { lid: companion.phone.lid, device: companion.device },
    proto.Message.encode(message).finish(),
    () => companion.takeBundle(),
    { isForced: count !== undefined },
  );
  const ciphertext: Ciphertext = isCorrupt
    ? { type: "msg", bytes: randomBytes(80) }
    : { type, bytes };
  return element("enc", { v: "2", type: ciphertext.type, count }, ciphertext.bytes);
}

function messageStanza(
  { sender, waId, at }: Envelope,
  from: Record<string, string>,
  message: proto.IMessage,
  encrypted: BinaryNode,
): BinaryNode {
  const type = message.reactionMessage ? "reaction" : "text";
  const attributes = { ...from, id: waId, type, t: seconds(at), notify: sender.name };
  return element("message", attributes, [encrypted]);
}
