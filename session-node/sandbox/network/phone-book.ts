import { randomBytes, randomInt } from "node:crypto";
import { newKeyPair } from "../signal/keys.ts";
import { Sessions } from "../signal/sessions.ts";
import type { Store } from "../storage/store.ts";
import { lidOf, parseJid } from "./addresses.ts";
import { Companion, type Registration } from "./companion.ts";
import { Phone, type PhoneRow, type ReceiptBehaviour } from "./phone.ts";
import type { Addressing } from "./addresses.ts";

const NUMBER = /^[1-9]\d{4,14}$/;

type StoredPhone = {
  number: string;
  lid: string;
  name: string;
  is_created: number;
  on_whatsapp: number;
  receipts: ReceiptBehaviour;
  addressing: Addressing;
  registration_id: number;
  identity_seed: Uint8Array;
  signed_prekey_private: Uint8Array;
  signed_prekey_public: Uint8Array;
  next_device: number;
};

type StoredCompanion = {
  number: string;
  device: number;
  platform: string;
  registration_id: number;
  identity: Uint8Array;
  noise_key: Uint8Array;
  signed_prekey_id: number;
  signed_prekey_public: Uint8Array;
  signed_prekey_signature: Uint8Array;
  is_bootstrapped: number;
  linked_at: number;
};

/** Everybody on the network, found by number and by LID. */
export class PhoneBook {
  private readonly store: Store;
  private readonly sessions: Sessions;
  private readonly numbers = new Map<string, Phone>();
  private readonly lids = new Map<string, Phone>();

  constructor(store: Store) {
    this.store = store;
    this.sessions = new Sessions(store);
    for (const row of store.all<StoredPhone>("SELECT * FROM phones")) {
      this.remember(new Phone(phoneRow(row), store, this.sessions));
    }
    for (const row of store.all<StoredCompanion>("SELECT * FROM companions")) {
      this.restoreCompanion(row);
    }
  }

  all(): Iterable<Phone> {
    return this.numbers.values();
  }

  find(number: string): Phone | undefined {
    return this.numbers.get(number);
  }

  /** The phone of this number, made when it does not exist. */
  ensure(number: string, { name, isCreated = false }: { name?: string; isCreated?: boolean } = {}) {
    const phone = this.numbers.get(number) ?? this.create(number);
    const isNew = isCreated && !phone.isCreated;
    if (isNew) phone.onWhatsapp = true;
    if (isNew || (name !== undefined && name !== phone.name)) {
      phone.isCreated ||= isCreated;
      phone.name = name ?? phone.name;
      this.save(phone);
    }
    return phone;
  }

  /** Who a stanza means. Numbers that are on WhatsApp but were never seen get their phone now. */
  resolve(jid: string | undefined): Phone | undefined {
    const parsed = parseJid(jid);
    if (parsed?.kind === "lid") return onWhatsApp(this.lids.get(parsed.user));
    if (parsed?.kind !== "pn") return undefined;
    return this.resolveNumber(parsed.user);
  }

  /** Like `resolve`, for bare digits. */
  resolveNumber(number: string): Phone | undefined {
    const known = this.numbers.get(number);
    if (known) return onWhatsApp(known);
    return isImplicitlyOnWhatsApp(number) ? this.create(number) : undefined;
  }

  /** Writes down what a phone's owner can change. */
  save(phone: Phone): void {
    this.store.run(
      `UPDATE phones SET name = ?, is_created = ?, on_whatsapp = ?, receipts = ?, addressing = ?,
         next_device = ? WHERE number = ?`,
      phone.name,
      Number(phone.isCreated),
      Number(phone.onWhatsapp),
      phone.receipts,
      phone.addressing,
      phone.nextDevice,
      phone.number,
    );
  }

  link(phone: Phone, device: number, registration: Registration): Companion {
    const linkedAt = Date.now();
    const details = { ...registration, linkedAt, isBootstrapped: false };
    const companion = new Companion(phone, device, details, this.store);
    phone.companions.set(device, companion);
    this.saveCompanion(companion);
    return companion;
  }

  saveCompanion(companion: Companion): void {
    this.store.run(
      `INSERT OR REPLACE INTO companions (number, device, platform, registration_id, identity,
         noise_key, signed_prekey_id, signed_prekey_public, signed_prekey_signature,
         is_bootstrapped, linked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      companion.phone.number,
      companion.device,
      companion.platform,
      companion.registrationId,
      companion.identity,
      companion.noiseKey,
      companion.signedPreKey.id,
      companion.signedPreKey.public,
      companion.signedPreKey.signature,
      Number(companion.isBootstrapped),
      companion.linkedAt,
    );
  }

  unlink(companion: Companion): void {
    const { phone, device } = companion;
    phone.companions.delete(device);
    for (const table of [
      "companions",
      "companion_prekeys",
      "pending",
      "handed_over",
      "delivered",
    ]) {
      this.store.run(`DELETE FROM ${table} WHERE number = ? AND device = ?`, phone.number, device);
    }
  }

  private create(number: string): Phone {
    const row: PhoneRow = {
      number,
      lid: lidOf(number),
      name: `+${number}`,
      isCreated: false,
      onWhatsapp: true,
      receipts: "auto",
      addressing: "pn",
      registrationId: randomInt(1, 16_380),
      identitySeed: randomBytes(32),
      signedPreKey: newKeyPair(),
      nextDevice: 1,
    };
    this.store.run(
      `INSERT INTO phones (number, lid, name, is_created, on_whatsapp, receipts, addressing,
         registration_id, identity_seed, signed_prekey_private, signed_prekey_public,
         next_prekey_id, next_device, created_at)
       VALUES (?, ?, ?, 0, 1, ?, ?, ?, ?, ?, ?, 1, 1, ?)`,
      number,
      row.lid,
      row.name,
      row.receipts,
      row.addressing,
      row.registrationId,
      row.identitySeed,
      row.signedPreKey.private,
      row.signedPreKey.public,
      Date.now(),
    );
    return this.remember(new Phone(row, this.store, this.sessions));
  }

  private remember(phone: Phone): Phone {
    this.numbers.set(phone.number, phone);
    this.lids.set(phone.lid, phone);
    return phone;
  }

  private restoreCompanion(row: StoredCompanion): void {
    const phone = this.numbers.get(row.number);
    if (!phone) return;
    const registration = {
      registrationId: row.registration_id,
      identity: Buffer.from(row.identity),
      noiseKey: Buffer.from(row.noise_key),
      signedPreKey: {
        id: row.signed_prekey_id,
        public: Buffer.from(row.signed_prekey_public),
        signature: Buffer.from(row.signed_prekey_signature),
      },
      platform: row.platform,
      linkedAt: row.linked_at,
      isBootstrapped: row.is_bootstrapped === 1,
    };
    phone.companions.set(row.device, new Companion(phone, row.device, registration, this.store));
  }
}

/** Numbers nobody created are on WhatsApp, except those ending in 0000: a bench needs no set-up. */
function isImplicitlyOnWhatsApp(number: string): boolean {
  return NUMBER.test(number) && !number.endsWith("0000");
}

function onWhatsApp(phone: Phone | undefined): Phone | undefined {
  return phone?.onWhatsapp ? phone : undefined;
}

function phoneRow(row: StoredPhone): PhoneRow {
  return {
    number: row.number,
    lid: row.lid,
    name: row.name,
    isCreated: row.is_created === 1,
    onWhatsapp: row.on_whatsapp === 1,
    receipts: row.receipts,
    addressing: row.addressing,
    registrationId: row.registration_id,
    identitySeed: Buffer.from(row.identity_seed),
    signedPreKey: {
      private: Buffer.from(row.signed_prekey_private),
      public: Buffer.from(row.signed_prekey_public),
    },
    nextDevice: row.next_device,
  };
}
