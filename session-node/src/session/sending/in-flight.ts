import type { Entry } from "./known-messages.ts";

/**
 * Messages in Baileys' hands. A send may hang on a connection that is gone; it is still waited for
 * when the session ends, but holds up nothing on the next connection.
 */
export class InFlight {
  readonly #all = new Set<Entry>();
  readonly #here = new Set<Entry>();

  /** On the present connection. */
  get count(): number {
    return this.#here.size;
  }

  get isSomebodyTyping(): boolean {
    for (const { message } of this.#here) if (message.typing_ms > 0) return true;
    return false;
  }

  /** On no connection, present or past. */
  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  begin(entry: Entry): void {
    this.#all.add(entry);
    this.#here.add(entry);
  }

  end(entry: Entry): void {
    this.#all.delete(entry);
    this.#here.delete(entry);
  }

  /** The connection is gone. */
  disconnected(): void {
    this.#here.clear();
  }

  isOnThisConnection(entry: Entry): boolean {
    return this.#here.has(entry);
  }
}
