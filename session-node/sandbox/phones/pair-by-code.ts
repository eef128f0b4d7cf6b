import { createCipheriv, createDecipheriv, hkdfSync, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { SERVER } from "../network/addresses.ts";
import type { Connection } from "../network/connection.ts";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import { newKeyPair, sharedSecret } from "../signal/keys.ts";
import { bytesOf, element, newId, seconds } from "../stanzas/node.ts";
import { link } from "./link.ts";
import { type Linked, PhoneRefusal } from "./pairing-desk.ts";

const derive = promisify(pbkdf2);
const ITERATIONS = 131_072;
const SALT = 32;
const IV = 16;
const BUNDLE_IV = 12;
const TAG = 16;
const FINISH_WITHIN_MS = 8_000;
const EMPTY = Buffer.alloc(0);

/** The phone's owner types the code which the client shows; resolves when they are linked. */
export async function typeCode(network: Network, phone: Phone, typed: string): Promise<Linked> {
  const request = network.pairing.codes.get(phone.number);
  if (!request) {
    throw new PhoneRefusal(409, `No client has asked for a pairing code for ${phone.number}.`);
  }
  const code = typed.replaceAll(/[^0-9a-z]/gi, "").toUpperCase();
  const wrapped = request.wrappedEphemeral;
  const companionKey = await derive(code, wrapped.subarray(0, SALT), ITERATIONS, 32, "sha256");
  const companionEphemeral = unwrap(companionKey, wrapped);

  const ephemeral = newKeyPair();
  const salt = randomBytes(SALT);
  const key = await derive(code, salt, ITERATIONS, 32, "sha256");
  const wrappedPrimary = Buffer.concat([salt, wrap(key, ephemeral.public)]);

  return await new Promise<Linked>((resolve, reject) => {
    request.answer = { phone, ephemeral, companionEphemeral, resolve, reject };
    request.connection.send(
      element(
        "notification",
        { from: SERVER, id: newId(6), type: "link_code_companion_reg", t: seconds() },
        [
          element("link_code_companion_reg", { stage: "primary_hello" }, [
            element("link_code_pairing_wrapped_primary_ephemeral_pub", {}, wrappedPrimary),
            element("primary_identity_pub", {}, phone.device.identity.public),
            element("link_code_pairing_ref", {}, request.ref),
          ]),
        ],
      ),
    );
    setTimeout(
      () => reject(new PhoneRefusal(409, "The device that is being linked did not answer.")),
      FINISH_WITHIN_MS,
    ).unref();
  });
}

/** A client asks for a code: the phone will need its wrapped key. */
export function openCodeRequest(
  network: Network,
  connection: Connection,
  number: string,
  registration: BinaryNode,
): Buffer {
  const ref = Buffer.from(randomBytes(32).toString("base64"));
  const wrappedEphemeral = bytesOf(
    registration,
    "link_code_pairing_wrapped_companion_ephemeral_pub",
  );
  network.pairing.codes.set(number, { connection, ref, wrappedEphemeral, answer: null });
  return ref;
}

/**
 * The client's last word. Both sides made their key from the code: when the owner mistyped it the
 * bundle does not open, which only the phone notices.
 */
export function finishCode(network: Network, connection: Connection, finish: BinaryNode): void {
  const request = [...network.pairing.codes.values()].find(
    (open) => open.connection === connection,
  );
  if (!request?.answer) return;
  const { phone, ephemeral, companionEphemeral, resolve, reject } = request.answer;
  const identity = bytesOf(finish, "companion_identity_public");
  const shared = sharedSecret(ephemeral.private, companionEphemeral);

  let bundle: Buffer;
  try {
    bundle = openBundle(shared, bytesOf(finish, "link_code_pairing_wrapped_key_bundle"));
  } catch {
    reject(new PhoneRefusal(422, "This is not the code that the other device shows."));
    return;
  }
  const random = bundle.subarray(64, 96);
  if (
    !bundle.subarray(0, 32).equals(identity) ||
    !bundle.subarray(32, 64).equals(phone.device.identity.public)
  ) {
    reject(new PhoneRefusal(422, "The keys of the other device do not match."));
    return;
  }
  const identityShared = sharedSecret(phone.device.identity.private, identity);
  const secret = Buffer.concat([shared, identityShared, random]);
  const advSecret = Buffer.from(hkdfSync("sha256", secret, EMPTY, "adv_secret", 32));
  const linking = link(network, connection, phone, advSecret);
  // The owner may have given up waiting, and then nobody else listens.
  linking.catch(() => undefined);
  resolve(linking);
}

function openBundle(shared: Buffer, wrapped: Buffer): Buffer {
  const salt = wrapped.subarray(0, SALT);
  const info = "link_code_pairing_key_bundle_encryption_key";
  const key = Buffer.from(hkdfSync("sha256", shared, salt, info, 32));
  const decipher = createDecipheriv("aes-256-gcm", key, wrapped.subarray(SALT, SALT + BUNDLE_IV));
  decipher.setAuthTag(wrapped.subarray(-TAG));
  const ciphertext = wrapped.subarray(SALT + BUNDLE_IV, -TAG);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

function wrap(key: Buffer, publicKey: Buffer): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-ctr", key, iv);
  return Buffer.concat([iv, cipher.update(publicKey), cipher.final()]);
}

function unwrap(key: Buffer, wrapped: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-ctr", key, wrapped.subarray(SALT, SALT + IV));
  return Buffer.concat([decipher.update(wrapped.subarray(SALT + IV)), decipher.final()]);
}
