import type { Id } from "@roost/contract/ids";
import type { HostSessions } from "./host-sessions.ts";

/** With a look each minute, every account's turn comes once an hour: an idle one costs next to nothing. */
const ROUND_LOOKS = 60;
/** Accounts that were given work lately are looked at each time: theirs is the alarm that matters. */
const LATELY_MS = 10 * 60_000;
const MAX_AT_ONCE = 200;

/** Whom the watchdog looks at: those at work each time, all others in turn. */
export class WatchRound {
  private readonly work = new Map<Id<"account">, number>();
  private last = "";

  worked(account: Id<"account">, now: number): void {
    this.work.set(account, now);
  }

  /** When it was last given something to send, as far as we remember; 0 for long ago. */
  workedAt(account: Id<"account">): number {
    return this.work.get(account) ?? 0;
  }

  forget(account: Id<"account">): void {
    this.work.delete(account);
  }

  next(sessions: Pick<HostSessions, "after" | "count">, now: number): Id<"account">[] {
    const busy = [...this.work]
      .filter(([, at]) => at > now - LATELY_MS)
      .map(([account]) => account);
    const turn = Math.min(MAX_AT_ONCE, Math.ceil(sessions.count() / ROUND_LOOKS));
    const inTurn = sessions.after(this.last, turn);
    this.last = inTurn.length < turn ? "" : (inTurn.at(-1) ?? "");
    return [...new Set([...busy.slice(0, MAX_AT_ONCE), ...inTurn])];
  }
}
