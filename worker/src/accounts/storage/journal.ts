import type { Pages } from "./pages.ts";
import type { StoredEvent } from "../stored.ts";

const PER_PAGE = 128;

/** The account's numbered log of events: 1, 2, 3 ... without a gap. Everything else reads it. */
export class Journal {
  private readonly pages: Pages;
  private lastSeq: number;
  /** The events that no full page holds, in order. */
  private tail: StoredEvent[];

  constructor(pages: Pages, lastSeq: number) {
    this.pages = pages;
    this.lastSeq = lastSeq;
    this.tail = this.pages.read("events", pageOf(lastSeq + 1)) ?? [];
  }

  last(): number {
    return this.lastSeq;
  }

  append(event: StoredEvent): void {
    if (event.seq !== this.lastSeq + 1) throw new Error(`event ${event.seq} after ${this.lastSeq}`);
    this.lastSeq = event.seq;
    this.tail.push(event);
  }

  /** At most `limit` events after `seq`, in order. */
  after(seq: number, limit: number): StoredEvent[] {
    const found: StoredEvent[] = [];
    const firstOfTail = this.tail[0]?.seq ?? this.lastSeq + 1;
    let next = seq + 1;
    while (next < firstOfTail && found.length < limit) {
      const page = this.pages.read("events", pageOf(next)) ?? [];
      if (page.length === 0) break;
      const wanted = page.filter((event) => event.seq >= next && event.seq < firstOfTail);
      found.push(...wanted);
      next = (pageOf(next) + 1) * PER_PAGE + 1;
    }
    const rest = this.tail.filter((event) => event.seq > seq);
    return [...found, ...rest].slice(0, limit);
  }

  /**
   * Writes what the pages do not hold yet. Once all is durable call what it answers: it keeps only
   * the page that is not full.
   */
  checkpoint(): () => void {
    const pages = new Map<number, StoredEvent[]>();
    for (const event of this.tail) {
      const page = pages.get(pageOf(event.seq)) ?? [];
      page.push(event);
      pages.set(pageOf(event.seq), page);
    }
    for (const [n, events] of pages) this.pages.write("events", n, events);
    return () => {
      this.tail = this.tail.filter((event) => pageOf(event.seq) === pageOf(this.lastSeq + 1));
    };
  }
}

function pageOf(seq: number): number {
  return Math.floor((seq - 1) / PER_PAGE);
}
