import { proto } from "@whiskeysockets/baileys";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { type Addressed, type Addressing, jidOf, pnJid } from "../network/addresses.ts";
import { push } from "../network/delivery.ts";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import { SIGNED_PREKEY_ID } from "../signal/device.ts";
import { bigEndian, KEY_TYPE } from "../signal/keys.ts";
import { element, seconds } from "../stanzas/node.ts";
import { changeMessage, keepMessage } from "../storage/messages.ts";
import { contentHash, type Description, describe, unwrap } from "./content.ts";

/** A phone gives up on a message it could not read this many times. */
const MOST_RETRIES = 5;

/** A message on its way from one device of the sender to the recipient. */
export type Envelope = {
  sender: Phone;
  device: number;
  /** Perhaps nobody: a number need not be on WhatsApp. */
  recipient: Addressed;
  addressing: Addressing;
  waId: string;
  at: number;
};

export type Received =
  | { outcome: "new" | "repeat"; hash: string }
  | { outcome: "undecryptable"; hash: null };

/** The phone decrypts a message, keeps it unless it has it, or asks for it again. */
export async function receiveAtPhone(
  network: Network,
  phone: Phone,
  envelope: Envelope,
  encrypted: BinaryNode,
): Promise<Received> {
  const message = await decrypt(network, phone, envelope, encrypted);
  if (!message) {
    network.counters.undecryptable++;
    askAgain(network, phone, envelope);
    return { outcome: "undecryptable", hash: null };
  }
  network.counters.decrypted++;
  phone.retries.delete(retryKey(envelope));
  return keep(network, phone, envelope, message);
}

/** Puts a message that this phone can read among its messages. */
export function keep(
  network: Network,
  phone: Phone,
  envelope: Envelope,
  message: proto.IMessage,
): Exclude<Received, { hash: null }> {
  const { sender, device, recipient, addressing, waId, at } = envelope;
  const content = unwrap(message);
  const hash = contentHash(content);
  const direction = phone === sender ? "out" : "in";
  const described = describe(content);
  const kept = {
    from: sender.number,
    to: recipient.number,
    wa_id: waId,
    direction,
    device,
    addressing,
    status: direction === "out" ? "sent" : "received",
    hash,
    ...described,
  } as const;

  const encoded = proto.Message.encode(content).finish();
  const isNew = keepMessage(network.store, phone.number, { ...kept, at, content: encoded });
  if (isNew) {
    change(network, phone, sender, described);
    phone.typing.delete(sender.number);
    const message = { ...kept, at: new Date(at).toISOString() };
    network.tell({ kind: "message", number: phone.number, message });
  }
  return { outcome: isNew ? "new" : "repeat", hash };
}

/** An edit shows the new text in the message that it is about, a revoke that it was deleted. */
function change(
  { store }: Network,
  phone: Phone,
  sender: Phone,
  { type, text, details }: Description,
): void {
  const waId = details?.["wa_id"];
  if (typeof waId !== "string") return;
  const message = { waId, sender: sender.number };
  if (type === "edit") {
    changeMessage(store, phone.number, message, { type: "text", text, details: { edited: true } });
  }
  if (type === "revoke") {
    changeMessage(store, phone.number, message, { type: "revoked", text: null, details: {} });
  }
}

async function decrypt(
  network: Network,
  phone: Phone,
  { sender, device }: Envelope,
  { attrs, content }: BinaryNode,
): Promise<proto.Message | null> {
  if (network.faults.take("undecryptable", phone.number)) return null;
  if (!(content instanceof Uint8Array)) return null;
  try {
    return await phone.device.decrypt({ lid: sender.lid, device }, attrs["type"] ?? "msg", content);
  } catch {
    return null;
  }
}

function askAgain(network: Network, phone: Phone, envelope: Envelope): void {
  const { sender, device, recipient, addressing, waId } = envelope;
  const companion = sender.companions.get(device);
  const asked = phone.retries.get(retryKey(envelope)) ?? 0;
  if (!companion || asked >= MOST_RETRIES) return;

  const count = asked + 1;
  phone.retries.set(retryKey(envelope), count);
  network.counters.retries++;
  const from =
    phone === sender
      ? { from: pnJid(phone), recipient: jidOf(recipient, addressing) }
      : { from: jidOf(phone, addressing) };
  const receipt = element("receipt", { ...from, id: waId, type: "retry", t: seconds() }, [
    element("retry", { count: String(count), id: waId, t: seconds(), v: "1", error: "0" }),
    element("registration", {}, bigEndian(phone.device.registrationId, 4)),
    keysOf(phone),
  ]);
  push(network, companion, receipt);
}

/** The keys with which the sender can begin a new session at once. */
function keysOf(phone: Phone): BinaryNode {
  const { identity, signedPreKey, preKey } = phone.device.takeBundle();
  return element("keys", {}, [
    element("type", {}, KEY_TYPE),
    element("identity", {}, identity),
    ...(preKey
      ? [
          element("key", {}, [
            element("id", {}, bigEndian(preKey.id, 3)),
            element("value", {}, preKey.public),
          ]),
        ]
      : []),
    element("skey", {}, [
      element("id", {}, bigEndian(SIGNED_PREKEY_ID, 3)),
      element("value", {}, signedPreKey.public),
      element("signature", {}, signedPreKey.signature),
    ]),
  ]);
}

function retryKey({ sender, waId }: Envelope): string {
  return `${sender.number} ${waId}`;
}
