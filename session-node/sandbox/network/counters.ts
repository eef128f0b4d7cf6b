const WINDOW_SECONDS = 5;

/** What the network has seen since it started. */
export class Counters {
  readonly startedAt = Date.now();
  connections = 0;
  pairings = 0;
  messages = 0;
  repeats = 0;
  decrypted = 0;
  undecryptable = 0;
  offline = 0;
  retries = 0;
  /** How often phones were asked to send something again. */
  resendRequests = 0;
  failures = 0;
  unknown = 0;
  lastFailure: string | null = null;
  /** Names of requests no handler knows, to see what a client asks for that is missing here. */
  readonly unknownRequests = new Map<string, number>();
  stanzas = 0;
  private readonly perSecond = Array.from({ length: WINDOW_SECONDS + 1 }, () => 0);
  private second = 0;

  countStanza(): void {
    this.stanzas++;
    this.advance();
    const slot = this.second % this.perSecond.length;
    this.perSecond[slot] = (this.perSecond[slot] ?? 0) + 1;
  }

  countUnknown(request: string): void {
    this.unknown++;
    this.unknownRequests.set(request, (this.unknownRequests.get(request) ?? 0) + 1);
  }

  /** The mean of the last full seconds. */
  stanzasPerSecond(): number {
    this.advance();
    const current = this.perSecond[this.second % this.perSecond.length] ?? 0;
    const sum = this.perSecond.reduce((total, count) => total + count, 0) - current;
    return sum / WINDOW_SECONDS;
  }

  private advance(): void {
    const now = Math.floor(Date.now() / 1000);
    if (this.second === 0 || now - this.second > WINDOW_SECONDS) {
      if (now !== this.second) this.perSecond.fill(0);
      this.second = now;
    }
    while (this.second < now) {
      this.second++;
      this.perSecond[this.second % this.perSecond.length] = 0;
    }
  }
}
