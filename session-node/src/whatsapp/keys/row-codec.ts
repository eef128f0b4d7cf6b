import { BufferJSON, proto, type SignalDataTypeMap } from "@whiskeysockets/baileys";

/** A key pair is by far the most frequent row (812 when linking), so it is stored bare: 64 bytes. */
const KEY_PAIR = 1;
const JSON_TEXT = 0;
const KEY_BYTES = 32;

/** The bytes of a row before encryption. */
export function encodeRow(value: unknown): Buffer {
  if (isKeyPair(value)) {
    return Buffer.concat([Buffer.of(KEY_PAIR), value.public, value.private]);
  }
  const text = JSON.stringify(value, BufferJSON.replacer);
  const bytes = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
  bytes[0] = JSON_TEXT;
  bytes.write(text, 1);
  return bytes;
}

/** What `encodeRow` wrote. */
export function decodeRow(bytes: Buffer): unknown {
  if (bytes[0] === KEY_PAIR) {
    return {
      public: unpooled(bytes.subarray(1, 1 + KEY_BYTES)),
      private: unpooled(bytes.subarray(1 + KEY_BYTES, 1 + 2 * KEY_BYTES)),
    };
  }
  return JSON.parse(bytes.toString("utf8", 1), reviveUnpooled);
}

function reviveUnpooled(name: string, value: unknown): unknown {
  const revived: unknown = BufferJSON.reviver(name, value);
  return Buffer.isBuffer(revived) ? unpooled(revived) : revived;
}

/** Small buffers share pools of 8 KB; one key that lives for days would keep a whole pool alive. */
function unpooled(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/** The value as Baileys wants it; app state keys are the one type that is not plain. */
export function asKeyValue<T extends keyof SignalDataTypeMap>(
  type: T,
  value: unknown,
): SignalDataTypeMap[T] {
  // What is stored under a type was given to us under that type, so the cast holds.
  if (type !== "app-state-sync-key") return value as SignalDataTypeMap[T];
  const keyData: unknown = proto.Message.AppStateSyncKeyData.fromObject(value as object);
  return keyData as SignalDataTypeMap[T];
}

function isKeyPair(value: unknown): value is { public: Uint8Array; private: Uint8Array } {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) return false;
  if (!("public" in value && "private" in value)) return false;
  return isKey(value.public) && isKey(value.private);
}

function isKey(value: unknown): boolean {
  return value instanceof Uint8Array && value.length === KEY_BYTES;
}
