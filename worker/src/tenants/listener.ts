import type { Event } from "@roost/contract/events";

/** What may lie unread before a listener counts as too slow and is dropped. */
export const MAX_UNREAD_BYTES = 1024 * 1024;
/** Events held back while older ones are read from the journal; beyond, the journal is read again. */
const MAX_WAITING = 1_000;
/** Events read from the journal at once. */
export const JOURNAL_PAGE = 100;

export type ListenerDeps = {
  /**
   * For a listener of one account: its journal after a number, a page at a time. Null for listeners
   * of many, who hear what happens now and nothing else.
   */
  journalAfter: ((seq: number) => Promise<Event[]>) | null;
  /** Called once, whoever ended it. */
  onEnd: () => void;
};

/**
 * One open stream of server-sent events. A listener of one account misses nothing: wherever the
 * numbers jump, the journal fills the gap before anything newer is written.
 */
export class Listener {
  readonly stream: ReadableStream<Uint8Array>;
  private readonly deps: ListenerDeps;
  private readonly encoder = new TextEncoder();
  private controller: ReadableByteStreamController | null = null;
  private lastSeq: number | null;
  private waiting: Event[] = [];
  private isCatchingUp = false;
  private hasLostWaiting = false;
  private onRoom: (() => void) | null = null;

  constructor(after: number | null, deps: ListenerDeps) {
    this.deps = deps;
    this.lastSeq = after;
    this.stream = new ReadableStream(
      {
        type: "bytes",
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => {
          this.onRoom?.();
          this.onRoom = null;
        },
        cancel: () => this.end(),
      },
      { highWaterMark: MAX_UNREAD_BYTES },
    );
    // Bytes at once, so that the browser knows that it is connected.
    this.write("retry: 1000\n: open\n\n");
    if (after !== null) void this.catchUp(null);
  }

  /** Writes an event that has just happened, after whatever it follows. */
  offer(event: Event): void {
    if (this.isCatchingUp) {
      this.hold(event);
    } else if (this.deps.journalAfter === null || this.lastSeq === null) {
      this.writeEvent(event);
    } else if (event.seq === this.lastSeq + 1) {
      this.writeEvent(event);
    } else if (event.seq > this.lastSeq) {
      void this.catchUp(event);
    }
  }

  /** A line that says nothing, so that neither side nor anything between takes the other for dead. */
  beat(): void {
    this.write(": beat\n\n");
  }

  end(): void {
    const { controller } = this;
    if (controller === null) return;
    this.controller = null;
    this.onRoom?.();
    try {
      controller.close();
    } catch {
      // The reader went away first.
    }
    this.deps.onEnd();
  }

  /** Writes what the journal has beyond what was written, then `early`, which showed the gap. */
  private async catchUp(early: Event | null): Promise<void> {
    const { journalAfter } = this.deps;
    if (journalAfter === null || this.isCatchingUp) return;
    this.isCatchingUp = true;
    const before = this.lastSeq;
    try {
      while (this.controller !== null) {
        await this.room();
        const events = await journalAfter(this.lastSeq ?? 0);
        for (const event of events) this.writeEvent(event);
        if (events.length < JOURNAL_PAGE && !this.hasLostWaiting) break;
        this.hasLostWaiting = false;
      }
    } catch {
      // The journal could not be read. The browser comes back and begins where it was.
      this.end();
    }
    this.isCatchingUp = false;
    const held = this.waiting;
    this.waiting = [];
    // What the journal did not have after `early` was published, it does not have at all.
    if (early !== null && this.lastSeq === before) this.writeEvent(early);
    else if (early !== null) this.offer(early);
    for (const event of held) this.offer(event);
  }

  private hold(event: Event): void {
    this.waiting.push(event);
    if (this.waiting.length <= MAX_WAITING) return;
    this.waiting = [];
    this.hasLostWaiting = true;
  }

  private async room(): Promise<void> {
    while (this.controller !== null && (this.controller.desiredSize ?? 0) < MAX_UNREAD_BYTES / 2) {
      await new Promise<void>((resolve) => (this.onRoom = resolve));
    }
  }

  private writeEvent(event: Event): void {
    this.lastSeq = event.seq;
    this.write(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  private write(text: string): void {
    const { controller } = this;
    if (controller === null) return;
    try {
      controller.enqueue(this.encoder.encode(text));
    } catch {
      this.end();
      return;
    }
    if ((controller.desiredSize ?? 0) <= 0) this.end();
  }
}
