import crypto, { type BinaryLike, type CipherKey, type KeyObject } from "node:crypto";

/**
 * libsignal gives Node raw bytes as keys, dozens of times per message. Node 24 needs 9 µs each time to
 * find out that bytes are not a key object, more than the HMAC itself takes. Imported for its effect,
 * this module hands key objects to the functions that libsignal calls.
 */
const { createCipheriv, createDecipheriv, createHmac } = crypto;

Object.assign(crypto, {
  createHmac: (...[algorithm, key, options]: Parameters<typeof createHmac>) =>
    createHmac(algorithm, keyObject(key), options),
  createCipheriv: (algorithm: string, key: CipherKey, iv: BinaryLike | null, options?: object) =>
    createCipheriv(algorithm, keyObject(key), iv, options),
  createDecipheriv: (algorithm: string, key: CipherKey, iv: BinaryLike | null, options?: object) =>
    createDecipheriv(algorithm, keyObject(key), iv, options),
});

/** An empty key is allowed as bytes only; text and key objects cost nothing. */
function keyObject<K>(key: K): K | KeyObject {
  return Buffer.isBuffer(key) && key.length > 0 ? crypto.createSecretKey(key) : key;
}
