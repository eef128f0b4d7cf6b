import { SignalDevice } from "../signal/device.ts";
import type { KeyPair } from "../signal/keys.ts";
import type { Sessions } from "../signal/sessions.ts";
import type { Store } from "../storage/store.ts";
import type { Addressing } from "./addresses.ts";
import type { Companion } from "./companion.ts";

/** `auto` delivers and reads, `delivered` only delivers, `none` does neither. */
export type ReceiptBehaviour = "auto" | "delivered" | "none";
export type Presence = "available" | "unavailable";
export type Typing = { from: string; state: "composing" | "paused"; at: string };

export type PhoneRow = {
  number: string;
  lid: string;
  name: string;
  isCreated: boolean;
  onWhatsapp: boolean;
  receipts: ReceiptBehaviour;
  addressing: Addressing;
  registrationId: number;
  identitySeed: Buffer;
  signedPreKey: KeyPair;
  nextDevice: number;
};

/** One person's phone with WhatsApp on it: device 0 of the number, and the owner of its companions. */
export class Phone {
  readonly number: string;
  readonly lid: string;
  name: string;
  /** False while the phone only exists because somebody wrote to its number. */
  isCreated: boolean;
  onWhatsapp: boolean;
  receipts: ReceiptBehaviour;
  addressing: Addressing;
  nextDevice: number;
  presence: Presence = "unavailable";
  readonly companions = new Map<number, Companion>();
  /** Who is typing to this phone, by number. */
  readonly typing = new Map<string, Typing>();
  /** Companions of others that asked to be told about this phone's presence. */
  readonly subscribers = new Set<Companion>();
  /** How often this phone has asked again for a message it could not read, by sender and id. */
  readonly retries = new Map<string, number>();

  private readonly row: PhoneRow;
  private readonly store: Store;
  private readonly sessions: Sessions;
  private signalDevice: SignalDevice | null = null;

  constructor(row: PhoneRow, store: Store, sessions: Sessions) {
    this.number = row.number;
    this.lid = row.lid;
    this.name = row.name;
    this.isCreated = row.isCreated;
    this.onWhatsapp = row.onWhatsapp;
    this.receipts = row.receipts;
    this.addressing = row.addressing;
    this.nextDevice = row.nextDevice;
    this.row = row;
    this.store = store;
    this.sessions = sessions;
  }

  /** Made on first use: most numbers of a large directory are never written to. */
  get device(): SignalDevice {
    this.signalDevice ??= new SignalDevice(this.row, this.store, this.sessions);
    return this.signalDevice;
  }
}
