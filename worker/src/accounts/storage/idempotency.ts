import type { Pages } from "./pages.ts";
import type { KeyEntry } from "../stored.ts";

const KEEP_KEYS_MS = 7 * 24 * 60 * 60 * 1000;
const PER_PAGE = 256;

/** Which message an idempotency key made. Read into memory when the first key is asked for. */
export class IdempotencyKeys {
  private readonly pages: Pages;
  private readonly entries = new Map<string, { n: number; at: number }>();
  private readonly fresh: KeyEntry[] = [];
  private isLoaded = false;

  constructor(pages: Pages) {
    this.pages = pages;
  }

  /** The message this key made: for seven days, and for as long as the message is not finished. */
  find(key: string, now: number, isFinished: (n: number) => boolean): number | null {
    if (!this.isLoaded) this.load(now);
    const entry = this.entries.get(key);
    if (entry === undefined) return null;
    return entry.at + KEEP_KEYS_MS > now || !isFinished(entry.n) ? entry.n : null;
  }

  add(key: string, n: number, at: number): void {
    this.entries.set(key, { n, at });
    this.fresh.push([key, n, at]);
  }

  /** Knows the key for as long as its message is not finished, however long ago it was used. */
  warmUp(key: string, n: number, at: number): void {
    this.entries.set(key, { n, at });
  }

  /** Writes the pages with new keys. Once all is durable call what it answers. */
  checkpoint(now: number, isFinished: (n: number) => boolean): () => void {
    const pages = new Map<number, KeyEntry[]>();
    for (const entry of this.fresh) {
      const n = Math.floor((entry[1] - 1) / PER_PAGE);
      const page = pages.get(n) ?? this.pages.read("repeats", n) ?? [];
      page.push(entry);
      pages.set(n, page);
    }
    for (const [n, page] of pages) this.pages.write("repeats", n, page);
    return () => {
      this.fresh.length = 0;
      for (const [key, { n, at }] of this.entries) {
        if (at + KEEP_KEYS_MS > now) break;
        if (isFinished(n)) this.entries.delete(key);
      }
    };
  }

  private load(now: number): void {
    this.isLoaded = true;
    const pages: KeyEntry[][] = [];
    for (const [, page] of this.pages.newestFirst("repeats")) {
      if ((page.at(-1)?.[2] ?? 0) + KEEP_KEYS_MS <= now) break;
      pages.push(page);
    }
    const known = [...this.entries];
    this.entries.clear();
    // The oldest first, as a Map keeps that order and pruning relies on it.
    for (const page of pages.toReversed()) {
      for (const [key, n, at] of page) {
        if (at + KEEP_KEYS_MS > now) this.entries.set(key, { n, at });
      }
    }
    for (const [key, entry] of known) this.entries.set(key, entry);
  }
}
