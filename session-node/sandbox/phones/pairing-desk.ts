import type { Connection } from "../network/connection.ts";
import type { KeyPair } from "../signal/keys.ts";
import type { Phone } from "../network/phone.ts";

/** A reason why a phone cannot do what its owner wants, in words for the owner. */
export class PhoneRefusal extends Error {
  override readonly name = "PhoneRefusal";
  readonly status: 404 | 409 | 422;

  constructor(status: 404 | 409 | 422, message: string) {
    super(message);
    this.status = status;
  }
}

export type Linked = { number: string; lid: string; device: number; jid: string };

/** A link the phone has confirmed and the client has not answered yet. */
export type PendingLink = {
  iqId: string;
  phone: Phone;
  device: number;
  resolve: (linked: Linked) => void;
  reject: (error: Error) => void;
};

/** A client that showed its owner a pairing code for this number. */
export type CodeRequest = {
  connection: Connection;
  ref: Buffer;
  /** Salt, IV and the client's ephemeral key under a key made from the code. */
  wrappedEphemeral: Buffer;
  /** Set once the phone has answered with its own key. */
  answer: {
    phone: Phone;
    ephemeral: KeyPair;
    companionEphemeral: Buffer;
    resolve: (linked: Promise<Linked>) => void;
    reject: (error: Error) => void;
  } | null;
};

/** A QR text that the product shows right now, so that nobody has to hold a camera to it. */
export type WaitingQr = {
  id: string;
  qr: string;
  expires_at: string | null;
  registered_at: string;
};

const REMEMBERED_EXPIRED_REFS = 5_000;

/** Clients that wait to be linked. */
export class PairingDesk {
  readonly codes = new Map<string, CodeRequest>();
  readonly links = new Map<Connection, PendingLink>();
  private readonly refs = new Map<string, Connection>();
  private readonly expired = new Set<string>();
  private readonly waiting = new Map<string, WaitingQr>();

  offer(ref: string, connection: Connection): void {
    this.refs.set(ref, connection);
  }

  /** The client that shows this reference; refuses with the reason when there is none. */
  claim(ref: string): Connection {
    const connection = this.refs.get(ref);
    if (connection) return connection;
    if (this.expired.has(ref)) {
      throw new PhoneRefusal(409, "This QR code has expired. Scan the one that is shown now.");
    }
    throw new PhoneRefusal(422, "This is not a QR code that WhatsApp knows.");
  }

  /** The client is gone, or linked: its codes are worth nothing any more. */
  release(connection: Connection): void {
    for (const [ref, owner] of this.refs) {
      if (owner !== connection) continue;
      this.refs.delete(ref);
      this.expired.add(ref);
    }
    for (const ref of this.expired) {
      if (this.expired.size <= REMEMBERED_EXPIRED_REFS) break;
      this.expired.delete(ref);
    }
    for (const [number, request] of this.codes) {
      if (request.connection === connection) this.codes.delete(number);
    }
  }

  announce(qr: WaitingQr): void {
    // Last in, last in the list, also when it is announced again.
    this.waiting.delete(qr.id);
    this.waiting.set(qr.id, qr);
  }

  withdraw(id: string): boolean {
    return this.waiting.delete(id);
  }

  withdrawQr(qr: string): void {
    for (const [id, waiting] of this.waiting) if (waiting.qr === qr) this.waiting.delete(id);
  }

  /** What has been announced and not expired, oldest first. */
  announced(): WaitingQr[] {
    for (const [id, { expires_at }] of this.waiting) {
      if (expires_at !== null && Date.parse(expires_at) <= Date.now()) this.waiting.delete(id);
    }
    return [...this.waiting.values()];
  }
}
