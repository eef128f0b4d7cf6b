const FIRST_MS = 250;
const LAST_MS = 10_000;

/**
 * A host that gives messages back without having begun them is not ready for more. Handing them out
 * again at once would go round as fast as both sides can, so the account rests, longer each time.
 */
export class LeaseRest {
  private endsAt = 0;
  private times = 0;

  /** A message came back. All those of one lease count once. */
  returned(now: number): void {
    if (this.until(now) !== null) return;
    this.endsAt = now + Math.min(FIRST_MS * 2 ** Math.min(this.times, 10), LAST_MS);
    this.times += 1;
  }

  /** A message was begun, whatever became of it: the host works. */
  begun(): void {
    this.times = 0;
  }

  /** When leases may be cut again; null when they may now. */
  until(now: number): number | null {
    // A rest that would take longer than any rest was begun by a clock that has since been set back.
    return now < this.endsAt && this.endsAt <= now + LAST_MS ? this.endsAt : null;
  }
}
