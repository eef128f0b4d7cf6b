import type { EdgeFrame } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { Avoid } from "../../fleet/fleet-object.ts";
import { describeError, log } from "../../log.ts";
import type { AccountStore } from "../account-store.ts";

/** The name under which the host keeps the credentials' root. */
const CREDS = "creds";

/** What a session needs of the fleet; failures are answers, as everything is tried again. */
export type Fleet = {
  /** A host with room, or null; then the fleet calls when there is one. */
  place: (account: Id<"account">, avoid: Avoid | null) => Promise<string | null>;
  /** False when the host is not connected. */
  command: (host: string, frame: EdgeFrame) => Promise<boolean>;
};

type Credentials = { data_key: string; creds: string };

/**
 * What hosts are told of the session. It leaves when the tick that decided it is durable; what is lost
 * is derived again when the host says hello.
 */
export class SessionCommands {
  private readonly store: AccountStore;
  private readonly fleet: Fleet;
  private outgoing: { host: string; frame: EdgeFrame }[] = [];
  /** For whichever host has room: a session only to log the phone out. */
  private farewell: EdgeFrame[] = [];

  constructor(store: AccountStore, fleet: Fleet) {
    this.store = store;
    this.fleet = fleet;
  }

  /** Has the host of the present session end it; call while it still is the present one. */
  stop(mode: "close" | "logout"): void {
    const { id: account, session } = this.store.account();
    const { epoch, host } = session;
    if (host !== null) this.outgoing.push({ host, frame: { type: "stop", account, epoch, mode } });
  }

  /** Asks the host for the messages it has not begun; all of the account's, or these. */
  revoke(messages: `msg_${string}`[] | null): void {
    const { id: account, session } = this.store.account();
    const { epoch, host } = session;
    if (host === null) return;
    this.outgoing.push({ host, frame: { type: "revoke", account, epoch, messages } });
  }

  /** Nobody holds the session, and WhatsApp would keep the device: some host logs it out. */
  sayFarewell(credentials: Credentials): void {
    const { id: account, session } = this.store.account();
    const of = { account, epoch: session.epoch };
    this.farewell = [
      { type: "start", ...of, link: null, credentials },
      { type: "stop", ...of, mode: "logout" },
    ];
  }

  hasAny(): boolean {
    return this.outgoing.length + this.farewell.length > 0;
  }

  /** Sends what the tick decided. */
  async flush(): Promise<void> {
    const commands = this.outgoing;
    this.outgoing = [];
    for (const { host, frame } of commands) await this.send(host, frame);
    const { farewell } = this;
    this.farewell = [];
    if (farewell.length === 0) return;
    const host = await this.anyHost();
    if (host !== null) for (const frame of farewell) await this.send(host, frame);
  }

  private async anyHost(): Promise<string | null> {
    const { id: account } = this.store.account();
    try {
      return await this.fleet.place(account, null);
    } catch (error) {
      log({ event: "session.unplaced", account, error: describeError(error) });
      return null;
    }
  }

  /** Sends it now. False: it has not arrived, or nobody knows. */
  async send(host: string, frame: EdgeFrame): Promise<boolean> {
    try {
      return await this.fleet.command(host, frame);
    } catch (error) {
      const { id: account } = this.store.account();
      log({ event: "session.command_failed", account, host, error: describeError(error) });
      return false;
    }
  }

  /** What a host needs to run the session; null when it is not the host's. */
  startFrame(host: string, epoch: number): EdgeFrame | null {
    const { id: account, session, state, link } = this.store.account();
    if (session.epoch !== epoch || session.host !== host) return null;
    const missing = [...this.store.missing.all()];
    return {
      type: "start",
      account,
      epoch,
      link:
        state === "linking" && link !== null ? { method: link.method, phone: link.phone } : null,
      credentials: this.credentials(),
      ...(missing.length > 0 && state !== "linking" && { missing }),
    };
  }

  /** What a host needs to connect as this device; null while none is linked. */
  credentials(): Credentials | null {
    const dataKey = this.store.credentials.wrappedDataKey();
    const [creds] = this.store.credentials.read([CREDS]);
    return dataKey === null || creds === null || creds === undefined
      ? null
      : { data_key: dataKey, creds };
  }
}
