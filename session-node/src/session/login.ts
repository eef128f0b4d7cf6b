import type { Report } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import type { Log } from "../log.ts";
import type { Timings } from "../timings.ts";
import type { ConnectOptions } from "../whatsapp/connection.ts";
import { type AuthDeps, AuthState } from "../whatsapp/keys/auth-state.ts";
import type { KeyEncryptionKeys } from "../whatsapp/keys/envelope.ts";
import { LinkFlow } from "./linking/link-flow.ts";
import type { Reporter } from "./reporter.ts";

export type LoginDeps = {
  reporter: Reporter;
  report: (report: Report, onDurable?: () => void) => void;
  fetchKeys: (names: string[]) => Promise<(string | null)[] | null>;
  /** The edge gave no keys: the account is another session's by now. */
  onReplaced: () => void;
  announceQr: (account: Id<"account">, qr: string, expiresAt: number) => void;
  keyEncryptionKeys: KeyEncryptionKeys;
  log: Log;
  timings: Timings;
};

/** What a start command says of logging in. */
type Wanted = {
  link: ConstructorParameters<typeof LinkFlow>[0] | null;
  credentials: Parameters<typeof AuthState.open>[0] | null;
};

/** As whom one account logs in: as the device that is stored, or as a new one that a phone has to accept. */
export class Login {
  readonly #deps: LoginDeps;
  #flow: LinkFlow | null = null;
  #auth: AuthState | null = null;

  constructor(deps: LoginDeps) {
    this.#deps = deps;
  }

  /** Begins to link, or opens what is stored; returns why neither is possible. */
  begin({ link, credentials }: Wanted): ReasonCode | null {
    if (link) {
      const { account } = this.#deps.reporter.of;
      this.#flow = new LinkFlow(link, { ...this.#deps, account });
      return null;
    }
    if (!credentials) return "credentials_refused";
    try {
      this.#auth = AuthState.open(credentials, this.#authDeps());
      return null;
    } catch {
      return "credentials_refused";
    }
  }

  /** The attempt to link a phone; null as soon as the account is linked. */
  get flow(): LinkFlow | null {
    return this.#flow;
  }

  get method(): ConnectOptions["method"] {
    const linking = this.#flow?.facts;
    return linking && !linking.isPaired ? linking.method : "login";
  }

  /** Whether WhatsApp may have this device among the linked ones. */
  get mayBeLinked(): boolean {
    return this.#auth !== null && this.method === "login";
  }

  /** The stored device, or a new one. */
  device(): AuthState {
    this.#auth ??= AuthState.create(this.#authDeps());
    return this.#auth;
  }

  /** Nobody accepted this device: the next attempt is made with a new one. */
  discard(): void {
    this.#auth = null;
  }

  /** WhatsApp has let us in. */
  opened(): void {
    // What follows says "linked": the credentials must be on their way before it.
    this.flush();
    this.#flow?.linked();
    this.#flow = null;
  }

  /** Hands what is not yet written to the link. */
  flush(): void {
    this.#auth?.flush();
  }

  /** Drops from memory what is not needed soon. */
  forgetCold(now: number): void {
    this.#auth?.forgetCold(now - this.#deps.timings.keyColdMs);
  }

  #authDeps(): AuthDeps {
    const { reporter, keyEncryptionKeys, fetchKeys, onReplaced, report, log, timings } = this.#deps;
    const { of } = reporter;
    return {
      account: of.account,
      keyEncryptionKeys,
      fetch: async (names) => {
        const values = await fetchKeys(names);
        if (!values) onReplaced();
        return values;
      },
      write: (batch, onDurable) => report({ kind: "keys", ...of, ...batch }, onDurable),
      onUnreadable: (name) => {
        log({ event: "keys.unreadable", ...of, kind: name.slice(0, name.indexOf(":")) });
      },
      flushMs: timings.keyFlushMs,
    };
  }
}
