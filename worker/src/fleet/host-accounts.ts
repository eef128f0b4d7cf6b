import type { EdgeFrame, HostFrame, Lease, Report } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { accountStub } from "../accounts/account-stub.ts";
import { describeError, log } from "../log.ts";
import type { HostedSession, HostSessions, OwedSession, PlacedSession } from "./host-sessions.ts";
import { WatchRound } from "./watch-round.ts";

type Account = Id<"account">;
type Line = ReturnType<typeof accountStub>;
type KeysGet = Extract<HostFrame, { type: "keys_get" }>;

/** Of so many sessions the idlest are looked for, and so many of those are asked. */
const MAX_LOOKED_AT = 10_000;
const ASK_WHO_IS_IDLE = 10;

export type HostAccountsDeps = {
  env: Env;
  /** Null before the first hello. */
  host: () => string | null;
  sessions: () => HostSessions;
  isConnected: () => boolean;
  /** False: the host is not connected. */
  send: (frame: EdgeFrame) => boolean;
  /** An account came or went. */
  onChange: () => void;
};

/** What a host's object and the accounts on the host have to say to each other. */
export class HostAccounts {
  private readonly deps: HostAccountsDeps;
  private readonly round = new WatchRound();

  constructor(deps: HostAccountsDeps) {
    this.deps = deps;
  }

  /** A line to one account, on which its reports keep their order. */
  line(account: Account): (reports: Report[]) => Promise<void> {
    const stub = accountStub(this.deps.env, account);
    return (reports) => this.report(account, stub, reports);
  }

  placed(session: PlacedSession, tenant: Id<"tenant">): void {
    const { account, epoch } = session;
    this.deps.sessions().put(session, tenant, Date.now());
    this.deps.onChange();
    log({ event: "session.placed", account, host: this.deps.host() ?? "", epoch });
  }

  worked(leases: readonly Lease[]): void {
    for (const { account } of leases) this.round.worked(account, Date.now());
  }

  remove({ account, epoch }: PlacedSession): void {
    this.deps.sessions().remove(account, epoch);
    this.round.forget(account);
    this.deps.onChange();
  }

  stop({ account, epoch }: PlacedSession): void {
    this.deps.send({ type: "stop", account, epoch, mode: "close" });
  }

  /** Tells an account what became of its host; rejects when it has to be told again. */
  async tell(owed: OwedSession): Promise<void> {
    const { account, epoch } = owed;
    const { env, host: hostName, sessions, isConnected, send } = this.deps;
    const host = hostName();
    if (host === null) return;
    const stub = accountStub(env, account);
    if (owed.owed === "lost") {
      await stub.hostLost(host, epoch, "host_lost");
      return sessions().told(owed);
    }
    // Gone again: its next hello, or its loss, is what the account has to be told then.
    if (!isConnected()) return;
    const answer = await stub.hostBack(host, epoch, owed.owed === "running");
    if (answer === "stop") {
      this.remove(owed);
      if (owed.owed === "running") this.stop(owed);
    } else if (answer === "keep" || send(answer)) {
      sessions().told(owed);
    }
  }

  /** The stored keys; undefined when they could not be read: no answer is asked again. */
  async keys({ account, epoch, names }: KeysGet): Promise<(string | null)[] | null | undefined> {
    const host = this.deps.host() ?? "";
    try {
      return await accountStub(this.deps.env, account).readKeys(host, epoch, names);
    } catch (error) {
      log({ event: "host.keys_failed", host, account, error: describeError(error) });
      return undefined;
    }
  }

  /**
   * Asks the host to give one account away that has nothing to do, the one that has been idle longest
   * first. False: all that were asked are busy.
   */
  async giveOne(): Promise<boolean> {
    const { env, host: hostName, sessions, send } = this.deps;
    const host = hostName();
    if (host === null) return false;
    const at = ({ account }: HostedSession): number => this.round.workedAt(account);
    const idlest = sessions()
      .hosted(MAX_LOOKED_AT)
      .filter(({ state }) => state === "connected")
      .sort((a, b) => at(a) - at(b))
      .slice(0, ASK_WHO_IS_IDLE);
    for (const { account, epoch } of idlest) {
      if (!(await accountStub(env, account).isIdle(host, epoch))) continue;
      return send({ type: "release", account, epoch });
    }
    return false;
  }

  /** The watchdog's look at the accounts here: those at work, and some of the others in turn. */
  async look(): Promise<void> {
    const round = this.round.next(this.deps.sessions(), Date.now());
    await Promise.all(round.map((account) => this.lookAt(account)));
  }

  private async lookAt(account: Account): Promise<void> {
    try {
      await accountStub(this.deps.env, account).look();
    } catch (error) {
      log({ event: "watchdog.failed", object: account, error: describeError(error) });
    }
  }

  private async report(account: Account, stub: Line, reports: Report[]): Promise<void> {
    const host = this.deps.host();
    if (host === null) return;
    const { fenced } = await stub.report(host, reports);
    for (const epoch of fenced) {
      log({ event: "session.fenced", account, host, epoch });
      this.remove({ account, epoch });
      this.stop({ account, epoch });
    }
  }
}
