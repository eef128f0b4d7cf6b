import type { ReasonCode } from "@roost/contract/reasons";
import type { Avoid } from "../../fleet/fleet-object.ts";
import type { AccountStore } from "../account-store.ts";
import type { Fleet, SessionCommands } from "./session-commands.ts";
import { isCurrentEpoch, needsHost, wantSession } from "./session-epoch.ts";
import { isGivenBack } from "./session-state.ts";

/** A host says at once that it connects. One that says nothing may not have heard of the session. */
const START_AGAIN_MS = 5_000;
const MAX_REPEATS = 3;
/** So many hosts that cannot be reached are tried in one go. */
const HOSTS_TO_TRY = 3;

/**
 * Hands a session that is wanted to a host, and sees to it that the host has heard of it. In each call
 * `save` makes a step durable before the next one begins.
 */
export class SessionStarter {
  private readonly store: AccountStore;
  private readonly fleet: Fleet;
  private readonly commands: SessionCommands;
  private startAgainAt: number | null = null;
  private repeats = 0;
  /** The host that has just given the session back. */
  private avoid: Avoid | null = null;

  constructor(store: AccountStore, fleet: Fleet, commands: SessionCommands) {
    this.store = store;
    this.fleet = fleet;
    this.commands = commands;
  }

  needsHost(): boolean {
    return needsHost(this.store);
  }

  /** Looks for a host and hands the session to it. Call when the tick is durable. */
  async place(
    save: () => void,
    avoid: Avoid | null = this.avoid,
    tries = HOSTS_TO_TRY,
  ): Promise<void> {
    if (!this.needsHost()) return;
    const { id, session } = this.store.account();
    this.avoid = null;
    const host = await this.fleet.place(id, avoid);
    // Meanwhile it may have been stopped, or started anew.
    if (!isCurrentEpoch(this.store, session.epoch) || !this.needsHost()) return;
    if (host === null) {
      this.store.setAccount({ reason: "no_host" });
      save();
      return;
    }
    this.store.setAccount({ session: { ...session, host }, reason: "starting" });
    this.startAgainAt = Date.now() + START_AGAIN_MS;
    this.repeats = 0;
    save();
    const isGone = await this.isStartLost(save);
    if (isGone && tries > 1) await this.place(save, { host, why: "unreachable" }, tries - 1);
  }

  /** When the start is sent once more, to a host that has not been heard of it; null for no need. */
  deadline(now: number): number | null {
    const { session } = this.store.account();
    if (session.host === null || session.isHeard) return null;
    return this.startAgainAt ?? now + START_AGAIN_MS;
  }

  /** Sends the start once more when it may have been lost. A host ignores what it runs already. */
  async startAgain(save: () => void): Promise<void> {
    const now = Date.now();
    if (this.deadline(now) === null || (this.startAgainAt ?? 0) > now) return;
    this.startAgainAt = now + START_AGAIN_MS;
    this.repeats += 1;
    if (this.repeats <= MAX_REPEATS) await this.isStartLost(save);
    else {
      // It is connected and says nothing: it may be draining, or be of no use.
      wantSession(this.store, {});
      save();
    }
  }

  /** Offered to the host that gives it back it would only come back once more. */
  givenBack(host: string | null, reason: ReasonCode | null): void {
    if (host === null || !isGivenBack(reason)) return;
    this.avoid = { host, why: reason === "host_moved" ? "moved" : "refused" };
  }

  /** Sends the start. When it does not arrive, or nobody knows, the session is to start elsewhere. */
  private async isStartLost(save: () => void): Promise<boolean> {
    const { host, epoch } = this.store.account().session;
    const frame = host === null ? null : this.commands.startFrame(host, epoch);
    if (host === null || frame === null || (await this.commands.send(host, frame))) return false;
    const { session } = this.store.account();
    if (session.epoch !== epoch || session.isHeard) return false;
    // It may have arrived all the same: with a higher epoch the two cannot be taken for one.
    wantSession(this.store, {});
    save();
    return true;
  }
}
