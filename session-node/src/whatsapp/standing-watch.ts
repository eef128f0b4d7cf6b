import type { NewChatCap, TimeLock } from "@roost/contract/host";
import type {
  NewChatMessageCapInfo,
  ReachoutTimelockState,
  WASocket,
} from "@whiskeysockets/baileys";

/** What WhatsApp said; null where it said nothing. */
export type Standing = { timeLock: TimeLock | null; newChatCap: NewChatCap | null };

/** A lock ends without a word: shortly after, WhatsApp is asked. */
const AFTER_LOCK_MS = 1_000;
/** Said to be over and still there: the clocks differ, and nothing is won by asking at once. */
const STILL_LOCKED_MS = 60_000;
/** Refusals come in bursts, and one answer is good for all of them. */
const ASK_AGAIN_AFTER_MS = 2_000;
/** Timers overflow beyond 2^31 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Hears what WhatsApp says of the number's standing, and asks where it says nothing by itself. */
export class StandingWatch {
  readonly #socket: WASocket;
  readonly #tell: (standing: Standing) => void;
  #askedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(socket: WASocket, tell: (standing: Standing) => void) {
    this.#socket = socket;
    this.#tell = tell;
    socket.ev.on("connection.update", ({ reachoutTimeLock }) => {
      if (reachoutTimeLock) this.#locked(reachoutTimeLock);
    });
    socket.ev.on("message-capping.update", (info) => this.#capped(info));
  }

  /** Asks after a while, so that many accounts that log in together do not ask together. */
  askIn(ms: number): void {
    this.#askAt(Date.now() + ms);
  }

  /** WhatsApp refused a new chat: why, and until when? */
  refused(): void {
    if (Date.now() - this.#askedAt > ASK_AGAIN_AFTER_MS) void this.#ask();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    if (this.#isClosed) return;
    this.#askedAt = Date.now();
    try {
      // What it answers is also told as an event, so it is not needed here.
      await this.#socket.fetchAccountReachoutTimelock();
      this.#capped(await this.#socket.fetchNewChatMessageCap());
    } catch {
      // Not answered, or not for this kind of account. It tells by itself when something changes.
    }
  }

  #locked(state: ReachoutTimelockState): void {
    const timeLock = timeLockOf(state);
    this.#tell({ timeLock, newChatCap: null });
    if (timeLock.is_active && timeLock.until !== null) {
      this.#askAt(nextAskAt(timeLock.until, Date.now()));
    }
  }

  #capped(info: NewChatMessageCapInfo | null | undefined): void {
    const newChatCap = info ? newChatCapOf(info) : null;
    if (newChatCap) this.#tell({ timeLock: null, newChatCap });
  }

  #askAt(at: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const ms = Math.min(Math.max(0, at - Date.now()), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => void this.#ask(), ms);
  }
}

/** When to ask whether a lock that ends at this time has gone. */
export function nextAskAt(until: number, now: number): number {
  return until > now ? until + AFTER_LOCK_MS : now + STILL_LOCKED_MS;
}

export function timeLockOf(state: ReachoutTimelockState): TimeLock {
  const isActive = state.isActive === true;
  const until = state.timeEnforcementEnds?.getTime() ?? Number.NaN;
  return {
    is_active: isActive,
    until: isActive && Number.isFinite(until) ? until : null,
    kind: isActive ? (state.enforcementType ?? null) : null,
  };
}

const STATUSES: Record<string, NewChatCap["status"]> = {
  NONE: "none",
  FIRST_WARNING: "first_warning",
  SECOND_WARNING: "second_warning",
  CAPPED: "capped",
};

/** Null where WhatsApp names no quota: then there is none for this number. */
export function newChatCapOf(info: NewChatMessageCapInfo): NewChatCap | null {
  const total = info.total_quota ?? -1;
  const used = info.used_quota ?? 0;
  if (!Number.isInteger(total) || total < 0 || !Number.isInteger(used) || used < 0) return null;
  const end = Number(info.cycle_end_timestamp);
  return {
    used,
    total,
    status: STATUSES[info.capping_status ?? "NONE"] ?? (used >= total ? "capped" : "none"),
    cycle_end: Number.isInteger(end) && end > 0 ? end * 1_000 : null,
  };
}
