import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import { link } from "./link.ts";
import { type Linked, PhoneRefusal } from "./pairing-desk.ts";

const PREFIX = /^https:\/\/wa\.me\/settings\/linked_devices#/;

/** The phone scans a QR text: reference, noise key, identity and secret of the client. */
export async function scanQr(network: Network, phone: Phone, text: string): Promise<Linked> {
  const [ref = "", noiseKey, identity, advSecret] = text.trim().replace(PREFIX, "").split(",");
  if (!noiseKey || !identity || !advSecret) {
    throw new PhoneRefusal(422, "This is not the text of a WhatsApp QR code.");
  }
  const connection = network.pairing.claim(ref);
  const { registration } = connection;
  if (
    !registration?.identity.equals(Buffer.from(identity, "base64")) ||
    !registration.noiseKey.equals(Buffer.from(noiseKey, "base64"))
  ) {
    throw new PhoneRefusal(422, "The keys in this QR code are not those of the client behind it.");
  }
  network.pairing.withdrawQr(text);
  return await link(network, connection, phone, Buffer.from(advSecret, "base64"));
}

/** Scans what the product announced last. */
export async function scanWaiting(network: Network, phone: Phone): Promise<Linked> {
  const newest = network.pairing.announced().at(-1);
  if (!newest) throw new PhoneRefusal(409, "No QR code is waiting to be scanned.");
  return await scanQr(network, phone, newest.qr);
}
