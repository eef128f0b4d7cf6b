import type { KeyBundle } from "../signal/device.ts";
import type { Store } from "../storage/store.ts";
import type { Connection } from "./connection.ts";
import type { Pending } from "./delivery.ts";
import type { Phone } from "./phone.ts";

export type SignedPreKey = { id: number; public: Buffer; signature: Buffer };

/** What a client registers of itself when it is linked. */
export type Registration = {
  registrationId: number;
  identity: Buffer;
  noiseKey: Buffer;
  signedPreKey: SignedPreKey;
  platform: string;
};

/** A linked device of a phone: a client that logs in here. */
export class Companion {
  readonly phone: Phone;
  readonly device: number;
  readonly noiseKey: Buffer;
  readonly platform: string;
  readonly linkedAt: number;
  registrationId: number;
  identity: Buffer;
  signedPreKey: SignedPreKey;
  isBootstrapped: boolean;
  connection: Connection | null = null;
  /** True while it says it is in the foreground. */
  isAvailable = false;
  hasLowPreKeys = false;
  /** Stanzas it has not confirmed yet, oldest first. */
  readonly pending = new Map<string, Pending>();
  /** Messages it could not read and asked for again, by sender and id. */
  readonly retries = new Set<string>();
  private readonly store: Store;

  constructor(
    phone: Phone,
    device: number,
    registration: Registration & { linkedAt: number; isBootstrapped: boolean },
    store: Store,
  ) {
    this.phone = phone;
    this.device = device;
    this.noiseKey = registration.noiseKey;
    this.platform = registration.platform;
    this.linkedAt = registration.linkedAt;
    this.registrationId = registration.registrationId;
    this.identity = registration.identity;
    this.signedPreKey = registration.signedPreKey;
    this.isBootstrapped = registration.isBootstrapped;
    this.store = store;
  }

  get preKeyCount(): number {
    const row = this.store.one<{ count: number }>(
      "SELECT count(*) AS count FROM companion_prekeys WHERE number = ? AND device = ?",
      this.phone.number,
      this.device,
    );
    return row?.count ?? 0;
  }

  /** The one-time prekeys still there, in the order they are handed out. */
  preKeys(): { id: number; public: Buffer }[] {
    return this.store
      .all<{ id: number; public: Uint8Array }>(
        `SELECT key_id AS id, public FROM companion_prekeys
         WHERE number = ? AND device = ? ORDER BY key_id`,
        this.phone.number,
        this.device,
      )
      .map((row) => ({ id: row.id, public: Buffer.from(row.public) }));
  }

  addPreKeys(keys: readonly { id: number; public: Buffer }[]): void {
    for (const key of keys) {
      this.store.run(
        `INSERT OR REPLACE INTO companion_prekeys (number, device, key_id, public)
         VALUES (?, ?, ?, ?)`,
        this.phone.number,
        this.device,
        key.id,
        key.public,
      );
    }
    this.hasLowPreKeys = false;
  }

  /** A bundle with one of its prekeys, or without when it has none left. */
  takeBundle(): KeyBundle {
    this.store.begin();
    const preKey = this.store.one<{ id: number; public: Uint8Array }>(
      `DELETE FROM companion_prekeys WHERE number = ?1 AND device = ?2 AND key_id = (
         SELECT min(key_id) FROM companion_prekeys WHERE number = ?1 AND device = ?2
       ) RETURNING key_id AS id, public`,
      this.phone.number,
      this.device,
    );
    const { registrationId, identity, signedPreKey } = this;
    return { registrationId, identity, signedPreKey, preKey };
  }
}
