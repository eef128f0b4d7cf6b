import type { SessionStarter } from "./session-starter.ts";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** So many starts within this time, and the next has to wait: something ends the session at once. */
const MAX_STARTS = 3;
const WITHIN_MS = 10_000;

/** Looks for a host, one search at a time, and not too often. */
export class Placement {
  private isSearching = false;
  private tryAt: number | null = null;
  private starts: number[] = [];
  private failures = 0;

  /** There is room somewhere, or a person asks: whatever we waited for is over. */
  mayTryNow(): void {
    this.tryAt = null;
    this.starts = [];
    this.failures = 0;
  }

  nextTryAt(now: number): number {
    return this.tryAt ?? now + this.retryMs();
  }

  /** Finds a host for the session if it needs one; `save` makes each step durable. */
  async place(
    starter: Pick<SessionStarter, "needsHost" | "place">,
    save: () => void,
  ): Promise<void> {
    const now = Date.now();
    if (this.isSearching || !starter.needsHost() || (this.tryAt ?? 0) > now) return;
    this.starts = this.starts.filter((at) => at > now - WITHIN_MS);
    if (this.starts.length >= MAX_STARTS) {
      this.tryAt = now + WITHIN_MS;
      return;
    }
    this.starts.push(now);
    this.isSearching = true;
    try {
      await starter.place(save);
    } finally {
      this.isSearching = false;
      const hasFailed = starter.needsHost();
      this.tryAt = hasFailed ? Date.now() + this.retryMs() : null;
      this.failures = hasFailed ? this.failures + 1 : 0;
    }
  }

  private retryMs(): number {
    return Math.min(FIRST_RETRY_MS * 2 ** Math.min(this.failures, 10), LAST_RETRY_MS);
  }
}
