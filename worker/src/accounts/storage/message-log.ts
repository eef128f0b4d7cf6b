import { isFinal, isOpen } from "../outbox/message-state.ts";
import type { Pages } from "./pages.ts";
import type { StoredMessage } from "../stored.ts";

const PER_PAGE = 32;
/** Messages kept in memory though a page has them, so that their receipts find them quickly. */
const KEEP_WARM = 1_000;
/** A finished message with a longer text is not kept: a thousand of them would fill the object. */
const WARM_CHARACTERS = 4_096;
const MAX_CACHED_PAGES = 16;
/** How far back in a chat a message is looked for that WhatsApp delivers or mentions again. */
const LOOK_BACK = 256;

/** All messages of the account: what changed since the checkpoint in memory, the rest in pages. */
export class MessageLog {
  private readonly pages: Pages;
  private readonly warm = new Map<number, StoredMessage>();
  private readonly dirty = new Set<number>();
  private readonly sent = new Map<string, number>();
  /** Of chats that were looked at: their latest messages by WhatsApp's id. */
  private readonly byChat = new Map<number, Map<string, number>>();
  private readonly cache = new Map<number, Map<number, StoredMessage>>();
  private lastNumber = 0;

  constructor(pages: Pages, lastNumber: number) {
    this.pages = pages;
    this.lastNumber = lastNumber;
  }

  last(): number {
    return this.lastNumber;
  }

  inMemory(): number {
    return this.warm.size;
  }

  find(n: number): StoredMessage | null {
    const warm = this.warm.get(n);
    if (warm !== undefined) return warm;
    if (n < 1 || n > this.lastNumber) return null;
    return this.page(pageOf(n)).get(n) ?? null;
  }

  add(message: StoredMessage): void {
    this.lastNumber = Math.max(this.lastNumber, message.n);
    this.touch(message);
    this.byChat.get(message.chat)?.set(keyOf(message), message.n);
  }

  /** The message, now in memory and to be written with the next checkpoint. */
  touch(message: StoredMessage): void {
    this.warm.set(message.n, message);
    this.dirty.add(message.n);
    if (message.direction === "outbound") this.sent.set(message.waId, message.n);
  }

  /** Loads a message that is not finished, so that it is found without a look at pages. */
  warmUp(n: number): StoredMessage | null {
    const message = this.find(n);
    if (message === null) return null;
    this.warm.set(n, message);
    if (message.direction === "outbound") this.sent.set(message.waId, n);
    return message;
  }

  /** Of the sent messages in memory, the one WhatsApp knows by this id. */
  findSent(waId: string): StoredMessage | null {
    const n = this.sent.get(waId);
    return n === undefined ? null : this.find(n);
  }

  /** Of a chat's latest messages, the one WhatsApp knows by this id; senders choose their own ids. */
  findInChat(
    { n, tails }: { n: number; tails: readonly number[] },
    waId: string,
    direction: StoredMessage["direction"],
  ): StoredMessage | null {
    let known = this.byChat.get(n);
    if (known === undefined) {
      known = new Map();
      for (const message of this.chain(tails)) {
        if (known.size >= LOOK_BACK) break;
        known.set(keyOf(message), message.n);
      }
      this.byChat.set(n, known);
    }
    const found = known.get(keyOf({ waId, direction }));
    return found === undefined ? null : this.find(found);
  }

  /** The number of the newest message that is not newer than `at`; 0 when all are. */
  lastUntil(at: number): number {
    let [low, high] = [0, this.lastNumber];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.find(middle)?.createdAt ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The newest first, from `from` down. */
  *newestFirst(from: number): Generator<StoredMessage> {
    for (let n = Math.min(from, this.lastNumber); n > 0; n--) {
      const message = this.find(n);
      if (message !== null) yield message;
    }
  }

  /** One chat's messages, the newest first, from the ends of its chains. */
  *chain(tails: readonly number[], from = Infinity): Generator<StoredMessage> {
    const ends = [...tails];
    while (ends.length > 0) {
      const n = Math.max(...ends);
      ends.splice(ends.indexOf(n), 1);
      const message = this.find(n);
      if (message === null) continue;
      if (message.before !== null) ends.push(message.before);
      if (n <= from) yield message;
    }
  }

  /**
   * Writes every page with a changed message. Once all is durable call what it answers: it lets
   * finished messages go from memory.
   */
  checkpoint(): () => void {
    const numbers = new Set([...this.dirty].map(pageOf));
    for (const page of numbers) {
      const messages = new Map(this.page(page));
      for (let n = page * PER_PAGE + 1; n <= (page + 1) * PER_PAGE; n++) {
        const warm = this.warm.get(n);
        if (warm !== undefined) messages.set(n, warm);
      }
      this.pages.write("messages", page, [...messages.values()]);
      this.cache.delete(page);
    }
    return () => {
      this.dirty.clear();
      this.byChat.clear();
      this.cool();
    };
  }

  private cool(): void {
    for (const [n, message] of this.warm) {
      const isLong = (message.text?.length ?? 0) > WARM_CHARACTERS;
      if (n > this.lastNumber - KEEP_WARM && !isLong) continue;
      const state = message.states.at(-1)?.[0];
      if (state !== undefined && (isOpen(state) || state === "unconfirmed")) continue;
      if (state !== undefined && !isFinal(state) && n > this.lastNumber - 2 * KEEP_WARM) continue;
      this.warm.delete(n);
      this.sent.delete(message.waId);
    }
  }

  private page(n: number): ReadonlyMap<number, StoredMessage> {
    const cached = this.cache.get(n);
    if (cached !== undefined) return cached;
    const messages = this.pages.read("messages", n) ?? [];
    const page = new Map(messages.map((message) => [message.n, message]));
    for (const oldest of this.cache.keys()) {
      if (this.cache.size < MAX_CACHED_PAGES) break;
      this.cache.delete(oldest);
    }
    this.cache.set(n, page);
    return page;
  }
}

function keyOf({ direction, waId }: Pick<StoredMessage, "direction" | "waId">): string {
  return `${direction} ${waId}`;
}

function pageOf(n: number): number {
  return Math.floor((n - 1) / PER_PAGE);
}
