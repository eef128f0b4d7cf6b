import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign as signNatively,
} from "node:crypto";
import { verifySignature } from "libsignal/src/curve.js";

/** A Curve25519 key pair, 32 raw bytes each. */
export type KeyPair = { readonly private: Buffer; readonly public: Buffer };

/** A key pair that can also sign. Everything in it follows from the seed. */
export type SigningKeyPair = KeyPair & { readonly seed: Buffer };

const X25519_PRIVATE = Buffer.from("302e020100300506032b656e04220420", "hex");
const X25519_PUBLIC = Buffer.from("302a300506032b656e032100", "hex");
const ED25519_PRIVATE = Buffer.from("302e020100300506032b657004220420", "hex");
const DER_PREFIX_LENGTH = 12;

/** The byte that libsignal puts before a public key. */
export const KEY_TYPE = Buffer.from([5]);

/** A new key pair for Diffie-Hellman. */
export function newKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("x25519", {
    publicKeyEncoding: { format: "der", type: "spki" },
    privateKeyEncoding: { format: "der", type: "pkcs8" },
  });
  return {
    private: privateKey.subarray(X25519_PRIVATE.length),
    public: publicKey.subarray(DER_PREFIX_LENGTH),
  };
}

/** The secret both sides can compute. */
export function sharedSecret(ownPrivate: Buffer, theirPublic: Uint8Array): Buffer {
  return diffieHellman({
    privateKey: privateKeyObject(X25519_PRIVATE, ownPrivate),
    publicKey: createPublicKey({
      key: Buffer.concat([X25519_PUBLIC, theirPublic]),
      format: "der",
      type: "spki",
    }),
  });
}

/**
 * Ed25519 hashes its seed into a clamped scalar, and a clamped scalar is also an X25519 private
 * key. Starting from the seed therefore gives a Curve25519 pair whose XEdDSA signatures the native
 * Ed25519 can make, some two hundred times faster than the signature written in JavaScript.
 */
export function signingKeyPair(seed: Buffer = randomBytes(32)): SigningKeyPair {
  const scalar = createHash("sha512").update(seed).digest().subarray(0, 32);
  scalar[0] = scalar.readUInt8(0) & 248;
  scalar[31] = (scalar.readUInt8(31) & 127) | 64;
  return { seed, private: scalar, public: rawPublic(privateKeyObject(X25519_PRIVATE, scalar)) };
}

/** An XEdDSA signature: Ed25519's, with the sign of the public key in the highest bit. */
export function sign(key: SigningKeyPair, message: Uint8Array): Buffer {
  const signingKey = privateKeyObject(ED25519_PRIVATE, key.seed);
  const signature = signNatively(null, message, signingKey);
  const publicSign = rawPublic(signingKey).readUInt8(31) & 0x80;
  signature[63] = signature.readUInt8(63) | publicSign;
  return signature;
}

/** True when the signature is real. Baileys' own `Curve.verify` says yes to everything. */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return verifySignature(prefixed(publicKey), message, signature);
}

/** A public key as libsignal wants it: type byte first. */
export function prefixed(publicKey: Uint8Array): Buffer {
  return publicKey.length === 33 ? Buffer.from(publicKey) : Buffer.concat([KEY_TYPE, publicKey]);
}

/** A number as `length` bytes, most significant first. */
export function bigEndian(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}

/** The number that `bigEndian` wrote. */
export function readBigEndian(bytes: Uint8Array): number {
  return bytes.length === 0 ? 0 : Buffer.from(bytes).readUIntBE(0, bytes.length);
}

function privateKeyObject(prefix: Buffer, raw: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([prefix, raw]), format: "der", type: "pkcs8" });
}

function rawPublic(privateKey: KeyObject): Buffer {
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return spki.subarray(DER_PREFIX_LENGTH);
}
