import {
  type AuthenticationCreds,
  initAuthCreds,
  jidDecode,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
} from "@whiskeysockets/baileys";
import { Envelope, type KeyEncryptionKeys } from "./envelope.ts";
import { asKeyValue, decodeRow } from "./row-codec.ts";
import { Rows, type RowsDeps } from "./rows.ts";

/** The row that holds the device's own identity; all others are keys, named `<type>:<id>`. */
const CREDS = "creds";

export type AuthDeps = Omit<RowsDeps, "envelope" | "isFresh"> & {
  account: string;
  keyEncryptionKeys: KeyEncryptionKeys;
};

/** What a device needs to be this account's device, in the form that Baileys wants. */
export class AuthState {
  readonly creds: AuthenticationCreds;
  readonly keys: SignalKeyStore;
  readonly #rows: Rows;

  private constructor(creds: AuthenticationCreds, rows: Rows) {
    this.creds = creds;
    this.#rows = rows;
    this.keys = keyStore(rows);
  }

  /** A new device, of which nothing is stored until `persist`. */
  static create(deps: AuthDeps): AuthState {
    const envelope = Envelope.create(deps.account, deps.keyEncryptionKeys);
    return new AuthState(initAuthCreds(), new Rows({ ...deps, envelope, isFresh: true }));
  }

  /** The stored device; throws when its secrets cannot be read. */
  static open(stored: { data_key: string; creds: string }, deps: AuthDeps): AuthState {
    const envelope = Envelope.open(deps.account, stored.data_key, deps.keyEncryptionKeys);
    // Written by `saveCreds` and authenticated by the envelope: nobody else can have shaped it.
    const creds = decodeRow(envelope.unseal(CREDS, stored.creds)) as AuthenticationCreds;
    const auth = new AuthState(creds, new Rows({ ...deps, envelope, isFresh: false }));
    if (envelope.isRewrapped) auth.saveCreds();
    // Who asks for one of them later gets the error as well.
    void auth.#rows.get(loginKeys(creds)).catch(() => undefined);
    return auth;
  }

  /** Notes that `creds` changed. */
  saveCreds(): void {
    this.#rows.set([[CREDS, this.creds]]);
  }

  /** Pairing has succeeded: from now on this device is stored. */
  persist(): void {
    this.saveCreds();
    this.#rows.persist();
  }

  /** Keys that are used up until the returned function is called are not stored before it is. */
  hold(): () => void {
    return this.#rows.hold();
  }

  /** Hands over what is not stored yet. */
  flush(): void {
    this.#rows.flush();
  }

  forgetCold(before: number): void {
    this.#rows.forgetCold(before);
  }
}

/** What every login reads, one key after the other: one question while the connection is made. */
function loginKeys({ me, nextPreKeyId }: AuthenticationCreds): string[] {
  const names = ["tctoken:__index", `pre-key:${nextPreKeyId - 1}`];
  const self = jidDecode(me?.id);
  if (!self) return names;
  return [...names, `lid-mapping:${self.user}`, `session:${self.user}.${self.device ?? 0}`];
}

function keyStore(rows: Rows): SignalKeyStore {
  return {
    get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
      const values = await rows.get(ids.map((id) => `${type}:${id}`));
      const found: { [id: string]: SignalDataTypeMap[T] } = {};
      ids.forEach((id, index) => {
        const value = values[index];
        if (value !== null && value !== undefined) found[id] = asKeyValue(type, value);
      });
      return found;
    },
    // One call is one change: all of it goes into the same batch.
    set: (data: SignalDataSet) => rows.set(entriesOf(data), { mayBeHeld: true }),
  };
}

function entriesOf(data: SignalDataSet): [string, unknown][] {
  return Object.entries(data).flatMap(([type, values]) =>
    Object.entries(values).map(([id, value]): [string, unknown] => [`${type}:${id}`, value]),
  );
}
