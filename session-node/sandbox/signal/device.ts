import { proto, unpadRandomMax16, writeRandomPadMax16 } from "@whiskeysockets/baileys";
import { ProtocolAddress, SessionBuilder, SessionCipher, type SignalStorage } from "libsignal";
import type { Store } from "../storage/store.ts";
import {
  type KeyPair,
  newKeyPair,
  prefixed,
  sign,
  signingKeyPair,
  type SigningKeyPair,
} from "./keys.ts";
import type { Sessions } from "./sessions.ts";

export const SIGNED_PREKEY_ID = 1;
const PREKEY_MESSAGE = 3;

/** What another device needs to open a session with this one. */
export type KeyBundle = {
  registrationId: number;
  identity: Uint8Array;
  signedPreKey: { id: number; public: Uint8Array; signature: Uint8Array };
  preKey?: { id: number; public: Uint8Array } | undefined;
};

export type Ciphertext = { type: "pkmsg" | "msg"; bytes: Buffer };

/** Name and device of a peer. Everybody is addressed by LID, whatever the stanza says. */
export type SignalAddress = { lid: string; device: number };

export type DeviceKeys = {
  number: string;
  registrationId: number;
  identitySeed: Buffer;
  signedPreKey: KeyPair;
};

/** The encryption of one phone: its keys, its sessions, its one-time prekeys. */
export class SignalDevice {
  readonly registrationId: number;
  readonly identity: SigningKeyPair;
  private readonly number: string;
  private readonly signedPreKey: KeyPair;
  private readonly store: Store;
  private readonly sessions: Sessions;
  private readonly storage: SignalStorage;
  private signature: Buffer | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(keys: DeviceKeys, store: Store, sessions: Sessions) {
    this.number = keys.number;
    this.registrationId = keys.registrationId;
    this.identity = signingKeyPair(keys.identitySeed);
    this.signedPreKey = keys.signedPreKey;
    this.store = store;
    this.sessions = sessions;
    this.storage = this.signalStorage();
  }

  /** A bundle with one fresh prekey, for whoever wants to write to this phone. */
  takeBundle(): KeyBundle {
    this.signature ??= sign(this.identity, prefixed(this.signedPreKey.public));
    return {
      registrationId: this.registrationId,
      identity: this.identity.public,
      signedPreKey: {
        id: SIGNED_PREKEY_ID,
        public: this.signedPreKey.public,
        signature: this.signature,
      },
      preKey: this.newPreKey(),
    };
  }

  /** The message in a ciphertext from this sender; throws when it cannot be read. */
  decrypt(from: SignalAddress, type: string, ciphertext: Uint8Array): Promise<proto.Message> {
    return this.exclusively(async () => {
      const cipher = new SessionCipher(this.storage, protocolAddress(from));
      const bytes = Buffer.from(ciphertext);
      const padded =
        type === "pkmsg"
          ? await cipher.decryptPreKeyWhisperMessage(bytes)
          : await cipher.decryptWhisperMessage(bytes);
      return proto.Message.decode(unpadRandomMax16(padded));
    });
  }

  /** Encrypts for one device; `bundleOf` is asked when there is no session, or a new one is forced. */
  encrypt(
    to: SignalAddress,
    message: Uint8Array,
    bundleOf: () => KeyBundle,
    { isForced = false } = {},
  ): Promise<Ciphertext> {
    return this.exclusively(async () => {
      const address = protocolAddress(to);
      const hasSession = this.sessions.load(this.number, address.toString())?.haveOpenSession();
      if (isForced || !hasSession) await this.openSession(address, bundleOf());

      const cipher = new SessionCipher(this.storage, address);
      const { type, body } = await cipher.encrypt(writeRandomPadMax16(message));
      // A string or a buffer, depending on the release of libsignal.
      const bytes = Buffer.from(body, "binary");
      return { type: type === PREKEY_MESSAGE ? "pkmsg" : "msg", bytes };
    });
  }

  private async openSession(address: ProtocolAddress, bundle: KeyBundle): Promise<void> {
    const { registrationId, identity, signedPreKey, preKey } = bundle;
    const session = {
      registrationId,
      identityKey: prefixed(identity),
      signedPreKey: {
        keyId: signedPreKey.id,
        publicKey: prefixed(signedPreKey.public),
        signature: Buffer.from(signedPreKey.signature),
      },
      ...(preKey && { preKey: { keyId: preKey.id, publicKey: prefixed(preKey.public) } }),
    };
    await new SessionBuilder(this.storage, address).initOutgoing(asOutgoing(session));
  }

  private newPreKey(): { id: number; public: Buffer } {
    this.store.begin();
    const row = this.store.one<{ id: number }>(
      "UPDATE phones SET next_prekey_id = next_prekey_id + 1 WHERE number = ? RETURNING next_prekey_id - 1 AS id",
      this.number,
    );
    const id = row?.id ?? 1;
    const pair = newKeyPair();
    this.store.run(
      "INSERT INTO phone_prekeys (number, key_id, private, public) VALUES (?, ?, ?, ?)",
      this.number,
      id,
      pair.private,
      pair.public,
    );
    return { id, public: pair.public };
  }

  private loadPreKey(id: number | string): { privKey: Buffer; pubKey: Buffer } | undefined {
    const row = this.store.one<{ private: Uint8Array; public: Uint8Array }>(
      "SELECT private, public FROM phone_prekeys WHERE number = ? AND key_id = ?",
      this.number,
      Number(id),
    );
    return row && { privKey: Buffer.from(row.private), pubKey: prefixed(row.public) };
  }

  private signalStorage(): SignalStorage {
    const { number, store, sessions, identity, signedPreKey } = this;
    const ownIdentity = { privKey: identity.private, pubKey: prefixed(identity.public) };
    const ownSignedPreKey = {
      privKey: signedPreKey.private,
      pubKey: prefixed(signedPreKey.public),
    };
    return {
      loadSession: async (address) => sessions.load(number, address),
      storeSession: async (address, record) => sessions.save(number, address, record),
      // A reinstalled companion has a new identity; a real phone shows a notice and goes on.
      isTrustedIdentity: () => true,
      loadPreKey: async (id) => this.loadPreKey(id),
      removePreKey: (id) => {
        store.run("DELETE FROM phone_prekeys WHERE number = ? AND key_id = ?", number, id);
      },
      loadSignedPreKey: () => ownSignedPreKey,
      getOurRegistrationId: () => this.registrationId,
      getOurIdentity: () => ownIdentity,
    };
  }

  /** One at a time: each operation moves a ratchet on. */
  private exclusively<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.last.then(operation, operation);
    this.last = result.catch(() => undefined);
    return result;
  }
}

function protocolAddress({ lid, device }: SignalAddress): ProtocolAddress {
  return new ProtocolAddress(`${lid}_1`, device);
}

/** libsignal's types demand a one-time prekey where its code does without. */
function asOutgoing(
  session: Omit<Parameters<SessionBuilder["initOutgoing"]>[0], "preKey">,
): Parameters<SessionBuilder["initOutgoing"]>[0] {
  return session as Parameters<SessionBuilder["initOutgoing"]>[0];
}
