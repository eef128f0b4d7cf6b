import type { Report } from "@roost/contract/host";
import type { AccountStore } from "../account-store.ts";
import type { StoredAccount, UnendedSession } from "../stored.ts";

// Each start and each end raises the epoch: nothing that carries an older one is believed.

export function isCurrentEpoch(store: AccountStore, epoch: number): boolean {
  return store.account().session.epoch === epoch;
}

/** Whether a host is to be found for the session. */
export function needsHost(store: AccountStore): boolean {
  const { session } = store.account();
  return session.isWanted && session.host === null;
}

/** A new session is to run, on whichever host has room. */
export function wantSession(store: AccountStore, changes: Partial<StoredAccount>): void {
  const { session } = store.account();
  store.setAccount({
    ...changes,
    resumeAt: null,
    session: {
      epoch: session.epoch + 1,
      host: null,
      isWanted: true,
      isHeard: false,
      unended: session.unended ?? null,
    },
  });
}

/** No session is to run. `unended`: the one that may still run somewhere. */
export function dropSession(store: AccountStore, unended: UnendedSession | null): void {
  const { session } = store.account();
  store.setAccount({
    session: {
      epoch: session.epoch + 1,
      host: null,
      isWanted: false,
      isHeard: false,
      unended,
    },
  });
}

/** The epochs of sessions that still run, for an account that is gone. */
export function epochsToStop(reports: readonly Report[]): number[] {
  return [...new Set(reports.filter((report) => !isOver(report)).map(({ epoch }) => epoch))];
}

/** Whether the session says that it has ended. */
export function isOver(report: Report): boolean {
  return report.kind === "session" && report.state === "ended";
}
