import type { OwedSession } from "./host-sessions.ts";

/** So many accounts are told at once that their host is gone or back. */
const TELL_AT_ONCE = 25;
/** News of a loss is spread over so much for each account, and over so much at the most. */
const EACH_MS = 4;
const MAX_SPREAD_MS = 3_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export type OwedDeps = {
  /** Whom there is something to tell, from what is durable. */
  list: () => OwedSession[];
  /** Tells one account, and strikes it off. Rejects when it has to be told again. */
  tell: (owed: OwedSession) => Promise<void>;
  onFailure: (owed: OwedSession, error: unknown) => void;
  wait: (ms: number) => Promise<void>;
  /** Chance, in [0, 1). */
  random: () => number;
};

/**
 * Tells accounts that their host is gone or back. One that cannot be told holds up nobody: it stays on
 * the list, and the caller tries again after `retryMs`.
 */
export class OwedNews {
  private readonly deps: OwedDeps;
  private isTelling = false;
  private isListNew = false;
  private failures = 0;

  constructor(deps: OwedDeps) {
    this.deps = deps;
  }

  /** How long to wait before the list is worked on again. */
  retryMs(): number {
    return Math.min(FIRST_RETRY_MS * 2 ** Math.min(this.failures, 10), LAST_RETRY_MS);
  }

  /** Goes through the list once; what is put on it meanwhile is told in the same go. */
  async tellAll(): Promise<void> {
    this.isListNew = true;
    if (this.isTelling) return;
    this.isTelling = true;
    let hasFailed = false;
    try {
      while (this.isListNew) {
        this.isListNew = false;
        hasFailed = await this.goThrough(this.deps.list());
      }
    } finally {
      this.isTelling = false;
      this.failures = hasFailed ? this.failures + 1 : 0;
    }
  }

  private async goThrough(list: OwedSession[]): Promise<boolean> {
    let hasFailed = false;
    const next = list.values();
    const pauseMs = TELL_AT_ONCE * Math.min(EACH_MS, MAX_SPREAD_MS / Math.max(1, list.length));
    const tellSome = async (): Promise<void> => {
      for (const owed of next) {
        // Each of them starts elsewhere at once: hundreds in one instant would help nobody.
        if (owed.owed === "lost") await this.deps.wait(pauseMs * 2 * this.deps.random());
        try {
          await this.deps.tell(owed);
        } catch (error) {
          hasFailed = true;
          this.deps.onFailure(owed, error);
        }
      }
    };
    await Promise.all(Array.from({ length: TELL_AT_ONCE }, tellSome));
    return hasFailed;
  }
}
