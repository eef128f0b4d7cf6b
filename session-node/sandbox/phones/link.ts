import { createHmac, randomBytes } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import { lidJid, pnJid, SERVER } from "../network/addresses.ts";
import type { Connection } from "../network/connection.ts";
import { push } from "../network/delivery.ts";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import { sign } from "../signal/keys.ts";
import { element, newId, seconds } from "../stanzas/node.ts";
import { type Linked, PhoneRefusal } from "./pairing-desk.ts";

const ANSWER_WITHIN_MS = 10_000;
/** Never faster than a real round trip: a client takes an earlier one for another message. */
const RESTART_AFTER_MS = 80;
const ACCOUNT_SIGNATURE_PREFIX = Buffer.from([6, 0]);

/** The phone vouches for the client; resolves when the client has taken it. */
export async function link(
  network: Network,
  connection: Connection,
  phone: Phone,
  advSecret: Buffer,
): Promise<Linked> {
  if (network.faults.take("passkey", phone.number)) {
    connection.send(passkeyDemand());
    throw new PhoneRefusal(
      409,
      "WhatsApp wants a passkey from the device that is being linked, so the link stays unfinished.",
    );
  }
  if (network.faults.take("not_confirmed", phone.number)) {
    throw new PhoneRefusal(409, "The owner looks at the question whether to link, and goes away.");
  }
  const { registration } = connection;
  if (!registration) throw new PhoneRefusal(409, "This client has not asked to be linked.");

  const device = phone.nextDevice++;
  network.book.save(phone);
  const identity = deviceIdentity(phone, device, registration.identity, advSecret);
  const iqId = newId();
  connection.send(
    element("iq", { from: SERVER, type: "set", id: iqId, xmlns: "md", t: seconds() }, [
      element("pair-success", {}, [
        element("device-identity", {}, identity),
        element("device", { jid: pnJid(phone, device), lid: lidJid(phone, device) }),
        element("platform", { name: "android" }),
      ]),
    ]),
  );
  return await new Promise((resolve, reject) => {
    network.pairing.links.set(connection, { iqId, phone, device, resolve, reject });
    setTimeout(
      () => reject(new PhoneRefusal(409, "The device that is being linked did not answer.")),
      ANSWER_WITHIN_MS,
    ).unref();
  });
}

/** The client has signed: it is a companion now and has to log in as one. */
export function finishLink(network: Network, connection: Connection): void {
  const pending = network.pairing.links.get(connection);
  const { registration } = connection;
  if (!pending || !registration) return;
  network.pairing.links.delete(connection);
  network.pairing.release(connection);

  const { phone, device } = pending;
  for (const other of phone.companions.values()) {
    push(network, other, devicesChanged(phone, "add", device));
  }
  network.book.link(phone, device, registration);
  network.counters.pairings++;
  network.tell({ kind: "phone", number: phone.number });
  setTimeout(
    () => connection.closeWith(element("stream:error", { code: "515" })),
    RESTART_AFTER_MS,
  );
  network.store.afterCommit(() =>
    pending.resolve({
      number: phone.number,
      lid: phone.lid,
      device,
      jid: pnJid(phone, device),
    }),
  );
}

/** What an account's companions are told when one is added or removed. */
export function devicesChanged(phone: Phone, change: "add" | "remove", device: number) {
  return element(
    "notification",
    { type: "devices", from: pnJid(phone), id: newId(6), t: seconds() },
    [
      element(change, { device_hash: `2:${newId(4)}` }, [
        element("device", { jid: pnJid(phone, device), "key-index": String(device) }),
        element("key-index-list", { ts: seconds() }, Buffer.alloc(4)),
      ]),
    ],
  );
}

function deviceIdentity(
  phone: Phone,
  device: number,
  companionIdentity: Buffer,
  advSecret: Buffer,
): Buffer {
  const { identity } = phone.device;
  const details = proto.ADVDeviceIdentity.encode({
    rawId: randomBytes(4).readUInt32BE(),
    timestamp: Math.floor(Date.now() / 1000),
    keyIndex: device,
    accountType: proto.ADVEncryptionType.E2EE,
    deviceType: proto.ADVEncryptionType.E2EE,
  }).finish();
  const accountSignature = sign(
    identity,
    Buffer.concat([ACCOUNT_SIGNATURE_PREFIX, details, companionIdentity]),
  );
  const signed = proto.ADVSignedDeviceIdentity.encode({
    details,
    accountSignatureKey: identity.public,
    accountSignature,
  }).finish();
  const hmac = createHmac("sha256", advSecret).update(signed).digest();
  return Buffer.from(proto.ADVSignedDeviceIdentityHMAC.encode({ details: signed, hmac }).finish());
}

/** The options are those of a WebAuthn request, as JSON. */
function passkeyDemand() {
  const options = {
    challenge: randomBytes(32).toString("base64url"),
    timeout: 600_000,
    rpId: "whatsapp.com",
    allowCredentials: [],
    userVerification: "required",
  };
  return element(
    "notification",
    { type: "passkey_prologue_request", from: SERVER, id: newId(), t: seconds() },
    [element("passkey_request_options", {}, Buffer.from(JSON.stringify(options)))],
  );
}
