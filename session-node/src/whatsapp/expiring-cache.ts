/**
 * A cache as Baileys asks for it, without a timer of its own: a host holds several for each of its
 * sessions. Expired entries are dropped when they are read, and by `sweep`.
 */
export class ExpiringCache {
  readonly #entries = new Map<string, { value: unknown; until: number }>();
  readonly #lifeMs: number;

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  /** The type is the reader's claim: every key of a cache is written by the same code that reads it. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- Baileys' own signature
  get<T>(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.until > Date.now()) return entry.value as T;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: unknown): void {
    this.#entries.set(key, { value, until: Date.now() + this.#lifeMs });
  }

  del(key: string): void {
    this.#entries.delete(key);
  }

  flushAll(): void {
    this.#entries.clear();
  }

  /** Whether the entry is there and stays for at least `forMs`. */
  holds(key: string, forMs: number): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.until - forMs > Date.now();
  }

  sweep(): void {
    const now = Date.now();
    for (const [key, { until }] of this.#entries) if (until <= now) this.#entries.delete(key);
  }
}
