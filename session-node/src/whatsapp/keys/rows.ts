import type { Envelope } from "./envelope.ts";
import { decodeRow, encodeRow } from "./row-codec.ts";

/** The edge stores a batch as one row, and rows of more than 2 MB it refuses. */
const BATCH_BYTES = 256 * 1024;

type Write = [name: string, sealed: string | null];

/** The rows an account has at the edge, as the rest of the host reads and writes them. */
export type RowsDeps = {
  envelope: Envelope;
  /** Nothing is stored yet, so what is not in memory does not exist. */
  isFresh: boolean;
  /** Reads ciphertext; null when this epoch is stale. */
  fetch: (names: string[]) => Promise<(string | null)[] | null>;
  /** Hands one ordered batch to the edge. */
  write: (batch: { data_key: string | null; writes: Write[] }, onDurable: () => void) => void;
  onUnreadable: (name: string) => void;
  flushMs: number;
};

/** The account belongs to another host by now. */
export class StaleEpochError extends Error {
  constructor() {
    super("Another host holds this account.");
    this.name = "StaleEpochError";
  }
}

type Row = {
  /** Null: known not to exist. We are the only writer, so that stays true. */
  value: unknown;
  usedAt: number;
  /** Writes of this row that the edge has not acknowledged. */
  unsaved: number;
};

/**
 * An account's secrets in memory, over the edge. Reads of what is not here ask the edge once; writes
 * are collected for a moment and follow behind, in order, a bounded batch at a time; what is cold and durable is forgotten.
 */
export class Rows {
  readonly #deps: RowsDeps;
  readonly #rows = new Map<string, Row>();
  readonly #dirty = new Map<string, unknown>();
  /** Written while somebody held the keys: not to be stored before they let go. */
  readonly #held = new Map<string, unknown>();
  #holders = 0;
  readonly #loading = new Map<string, Promise<void>>();
  #isComplete: boolean;
  #isPersistent: boolean;
  #isKeyStored: boolean;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: RowsDeps) {
    this.#deps = deps;
    this.#isComplete = deps.isFresh;
    this.#isPersistent = !deps.isFresh;
    this.#isKeyStored = !deps.isFresh && !deps.envelope.isRewrapped;
  }

  /** The values in the order asked; null where there is none. */
  async get(names: readonly string[]): Promise<unknown[]> {
    const missing = this.#isComplete ? [] : names.filter((name) => !this.#rows.has(name));
    if (missing.length > 0) await this.#loadOnce(missing);
    const now = Date.now();
    return names.map((name) => {
      const row = this.#rows.get(name);
      if (!row) return null;
      row.usedAt = now;
      return row.value;
    });
  }

  /**
   * Takes new values, null deletes; they are readable at once and stored soon. What `mayBeHeld` waits
   * for whoever holds the keys.
   */
  set(entries: Iterable<readonly [string, unknown]>, { mayBeHeld = false } = {}): void {
    const usedAt = Date.now();
    const waiting = mayBeHeld && this.#holders > 0 ? this.#held : this.#dirty;
    for (const [name, given] of entries) {
      const value = given ?? null;
      const unsaved = this.#rows.get(name)?.unsaved ?? 0;
      // Written again, it moves to the end: the batch keeps the order of the last writes.
      const isWaitingAlready = waiting.delete(name);
      this.#rows.set(name, { value, usedAt, unsaved: isWaitingAlready ? unsaved : unsaved + 1 });
      waiting.set(name, value);
    }
    if (this.#isPersistent) this.#timer ??= setTimeout(() => this.flush(), this.#deps.flushMs);
  }

  /**
   * Keeps back what is written from now on, and may be, until the returned function is called. A key
   * that was used up must not be stored before what it opened is on its way.
   */
  hold(): () => void {
    this.#holders += 1;
    return () => {
      this.#holders -= 1;
      if (this.#holders > 0 || this.#held.size === 0) return;
      for (const [name, value] of this.#held) {
        const row = this.#rows.get(name);
        if (this.#dirty.delete(name) && row) row.unsaved -= 1;
        this.#dirty.set(name, value);
      }
      this.#held.clear();
      if (this.#isPersistent) this.#timer ??= setTimeout(() => this.flush(), this.#deps.flushMs);
    };
  }

  /** From now on rows are stored; until pairing has succeeded none is. */
  persist(): void {
    this.#isPersistent = true;
    this.flush();
  }

  /** Hands over what was written since the last flush. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isPersistent || this.#dirty.size === 0) return;
    let batch: Write[] = [];
    let bytes = 0;
    for (const [name, value] of this.#dirty) {
      const sealed = value === null ? null : this.#deps.envelope.seal(name, encodeRow(value));
      const size = name.length + (sealed?.length ?? 0);
      if (batch.length > 0 && bytes + size > BATCH_BYTES) {
        this.#write(batch);
        batch = [];
        bytes = 0;
      }
      batch.push([name, sealed]);
      bytes += size;
    }
    this.#write(batch);
    this.#dirty.clear();
  }

  #write(writes: Write[]): void {
    const dataKey = this.#isKeyStored ? null : this.#deps.envelope.wrapped;
    this.#isKeyStored = true;
    this.#deps.write({ data_key: dataKey, writes }, () => {
      this.#stored(writes.map(([name]) => name));
    });
  }

  /** Forgets what the edge has and nobody has used since `before`. */
  forgetCold(before: number): void {
    for (const [name, row] of this.#rows) {
      if (row.unsaved > 0 || row.usedAt >= before) continue;
      this.#rows.delete(name);
      this.#isComplete = false;
    }
  }

  get size(): number {
    return this.#rows.size;
  }

  /** What is on its way already is waited for, and the rest is asked for together. */
  async #loadOnce(names: string[]): Promise<void> {
    const asked = names.filter((name) => !this.#loading.has(name));
    if (asked.length > 0) {
      const loading = this.#load(asked).finally(() => {
        for (const name of asked) this.#loading.delete(name);
      });
      for (const name of asked) this.#loading.set(name, loading);
    }
    await Promise.all(names.flatMap((name) => this.#loading.get(name) ?? []));
  }

  async #load(names: string[]): Promise<void> {
    const sealed = await this.#deps.fetch(names);
    if (!sealed) throw new StaleEpochError();
    const usedAt = Date.now();
    names.forEach((name, index) => {
      // Written while the answer was on its way: what is here is newer.
      if (this.#rows.has(name)) return;
      this.#rows.set(name, {
        value: this.#unseal(name, sealed[index] ?? null),
        usedAt,
        unsaved: 0,
      });
    });
  }

  /** A row that cannot be read is as good as none: Signal sessions are negotiated again. */
  #unseal(name: string, sealed: string | null): unknown {
    if (sealed === null) return null;
    try {
      return decodeRow(this.#deps.envelope.unseal(name, sealed));
    } catch {
      this.#deps.onUnreadable(name);
      return null;
    }
  }

  #stored(names: readonly string[]): void {
    for (const name of names) {
      const row = this.#rows.get(name);
      if (!row) continue;
      row.unsaved -= 1;
      // Linking writes hundreds of one-time keys that are read one by one, much later.
      if (row.unsaved === 0 && name.startsWith("pre-key:")) {
        this.#rows.delete(name);
        this.#isComplete = false;
      }
    }
  }
}
