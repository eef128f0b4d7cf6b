import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/**
 * One data key per account (AES-256-GCM) encrypts its rows; the fleet's key-encryption key wraps the
 * data key. The edge stores both and can read neither. A row is bound to its account and its name, so
 * that rows cannot be exchanged.
 */
const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = "v1";

export type KeyEncryptionKeys = readonly [Buffer, ...Buffer[]];

/** A stored secret cannot be read: another key, another account, or damage. */
export class UnreadableError extends Error {
  constructor(what: string) {
    super(`${what} cannot be decrypted with the keys of this host.`);
    this.name = "UnreadableError";
  }
}

/** Encrypts the rows of one account. */
export class Envelope {
  readonly #account: string;
  readonly #dataKey: Buffer;
  /** The data key as the edge stores it, wrapped by the current key-encryption key. */
  readonly wrapped: string;
  /** The edge stores a wrapping by an old key: send the new one with the next write. */
  readonly isRewrapped: boolean;

  private constructor(account: string, dataKey: Buffer, wrapped: string, isRewrapped: boolean) {
    this.#account = account;
    this.#dataKey = dataKey;
    this.wrapped = wrapped;
    this.isRewrapped = isRewrapped;
  }

  /** A new data key for an account that is being linked. */
  static create(account: string, keys: KeyEncryptionKeys): Envelope {
    const dataKey = randomBytes(32);
    return new Envelope(account, dataKey, wrap(account, dataKey, keys[0]), false);
  }

  /** Unwraps the stored data key; throws `UnreadableError` if none of the keys fits. */
  static open(account: string, wrapped: string, keys: KeyEncryptionKeys): Envelope {
    const [version, keyId, body] = wrapped.split(".");
    const key = keys.find((candidate) => idOf(candidate) === keyId);
    if (version !== VERSION || !key || !body) throw new UnreadableError("The data key");
    const dataKey = decrypt(Buffer.from(body, "base64"), key, account, "The data key");
    if (key === keys[0]) return new Envelope(account, dataKey, wrapped, false);
    return new Envelope(account, dataKey, wrap(account, dataKey, keys[0]), true);
  }

  seal(name: string, plain: Uint8Array): string {
    return encrypt(plain, this.#dataKey, `${this.#account}\n${name}`).toString("base64");
  }

  unseal(name: string, sealed: string): Buffer {
    const bytes = Buffer.from(sealed, "base64");
    return decrypt(bytes, this.#dataKey, `${this.#account}\n${name}`, "The row");
  }
}

/** Names a key-encryption key without revealing it. */
function idOf(key: Buffer): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 8);
}

function wrap(account: string, dataKey: Buffer, key: Buffer): string {
  return `${VERSION}.${idOf(key)}.${encrypt(dataKey, key, account).toString("base64")}`;
}

function encrypt(plain: Uint8Array, key: Buffer, bound: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(bound));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(sealed: Buffer, key: Buffer, bound: string, what: string): Buffer {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new UnreadableError(what);
  const iv = sealed.subarray(0, IV_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const body = sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(bound)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    throw new UnreadableError(what);
  }
}
