import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from "node:crypto";

const EMPTY = Buffer.alloc(0);
const TAG_LENGTH = 16;

/** The running hash and key of a Noise handshake (AES-256-GCM, SHA-256). */
export class SymmetricState {
  private hash: Buffer;
  private salt: Buffer;
  private key: Buffer;
  private counter = 0;

  /** A protocol name of exactly 32 bytes is used as it is, any other is hashed. */
  constructor(protocolName: string) {
    const name = Buffer.from(protocolName, "latin1");
    this.hash = name.length === 32 ? name : sha256(name);
    this.salt = this.hash;
    this.key = this.hash;
  }

  mixHash(bytes: Uint8Array): void {
    this.hash = sha256(Buffer.concat([this.hash, bytes]));
  }

  mixKey(secret: Uint8Array): void {
    const derived = Buffer.from(hkdfSync("sha256", secret, this.salt, EMPTY, 64));
    this.salt = derived.subarray(0, 32);
    this.key = derived.subarray(32);
    this.counter = 0;
  }

  encrypt(plaintext: Uint8Array): Buffer {
    const ciphertext = seal(plaintext, this.key, this.counter++, this.hash);
    this.mixHash(ciphertext);
    return ciphertext;
  }

  decrypt(ciphertext: Uint8Array): Buffer {
    const plaintext = unseal(ciphertext, this.key, this.counter++, this.hash);
    this.mixHash(ciphertext);
    return plaintext;
  }

  /** The keys of the two directions; the first is the initiator's. */
  split(): { fromInitiator: KeyObject; fromResponder: KeyObject } {
    const keys = Buffer.from(hkdfSync("sha256", EMPTY, this.salt, EMPTY, 64));
    return {
      fromInitiator: createSecretKey(keys.subarray(0, 32)),
      fromResponder: createSecretKey(keys.subarray(32)),
    };
  }
}

/**
 * AES-256-GCM with the counter as nonce; the tag follows the ciphertext. Node is much faster with a
 * key object than with bytes, of which it asks at every call whether they are a key object.
 */
export function seal(
  plaintext: Uint8Array,
  key: Buffer | KeyObject,
  counter: number,
  associated: Buffer = EMPTY,
): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonce(counter));
  cipher.setAAD(associated);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The reverse of `seal`; throws when the bytes were not sealed with this key and counter. */
export function unseal(
  ciphertext: Uint8Array,
  key: Buffer | KeyObject,
  counter: number,
  associated: Buffer = EMPTY,
): Buffer {
  const end = ciphertext.length - TAG_LENGTH;
  const decipher = createDecipheriv("aes-256-gcm", key, nonce(counter));
  decipher.setAAD(associated);
  decipher.setAuthTag(ciphertext.subarray(end));
  return Buffer.concat([decipher.update(ciphertext.subarray(0, end)), decipher.final()]);
}

function nonce(counter: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(counter, 8);
  return bytes;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
