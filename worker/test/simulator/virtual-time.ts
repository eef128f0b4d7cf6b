import type { SeededRandom } from "./random.ts";

type Due = { at: number; order: number; work: () => void | Promise<void> };

/** What somebody does after their memory was thrown away: nothing of it counts. */
export class GoneError extends Error {
  override readonly name = "GoneError";
}

/** Time that passes only when there is nothing left to do at an instant. */
export class VirtualTime {
  /** Milliseconds since 1970, as the world goes. */
  now = Date.UTC(2026, 0, 5, 9);
  /** How far the edge's clock is from the world's. */
  edgeSkew = 0;
  private readonly heap: Due[] = [];
  private order = 0;

  after(ms: number, work: Due["work"]): void {
    this.push({ at: this.now + Math.max(0, Math.ceil(ms)), order: this.order++, work });
  }

  /** Does the next thing; false when nothing is left to be done before `until`. */
  async step(until = Infinity): Promise<boolean> {
    const due = this.heap[0];
    if (due === undefined || due.at > until) return false;
    this.pop();
    this.now = Math.max(this.now, due.at);
    try {
      await due.work();
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
    }
    return true;
  }

  private push(due: Due): void {
    const { heap } = this;
    heap.push(due);
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.swapIfEarlier(i, parent)) return;
      i = parent;
    }
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const child = this.isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.swapIfEarlier(child, i)) return;
      i = child;
    }
  }

  private isEarlier(i: number, than: number): boolean {
    const [a, b] = [this.heap[i], this.heap[than]];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  private swapIfEarlier(i: number, than: number): boolean {
    if (!this.isEarlier(i, than)) return false;
    const [a, b] = [this.heap[i], this.heap[than]];
    if (a === undefined || b === undefined) return false;
    this.heap[i] = b;
    this.heap[than] = a;
    return true;
  }
}

/** Lets everything that waits for nothing but its turn have it. */
export function turns(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/**
 * Puts the world's clock and chance in place of the runtime's, for code that asks for them itself.
 * What it answers puts the real ones back.
 */
export function install(time: VirtualTime, random: SeededRandom): Disposable {
  let handles = 0;
  const cleared = new Set<unknown>();
  const setLater = (work: () => void, ms = 0): number => {
    const handle = ++handles;
    time.after(ms, async () => {
      if (cleared.delete(handle)) return;
      work();
      await turns();
    });
    return handle;
  };
  const put = [
    replace(Date, { now: () => time.now + time.edgeSkew }),
    replace(Math, { random: () => random.next() }),
    replace(crypto, {
      getRandomValues: (array: Uint8Array) => {
        for (let i = 0; i < array.length; i++) array[i] = random.between(0, 255);
        return array;
      },
      randomUUID: () => `00000000-0000-4000-8000-${String(random.between(1e11, 1e12 - 1))}`,
    }),
    replace(globalThis, {
      setTimeout: setLater,
      clearTimeout: (handle: unknown) => {
        if (handle !== undefined) cleared.add(handle);
      },
      scheduler: {
        wait: (ms: number) => new Promise<void>((resolve) => void setLater(resolve, ms)),
      },
    }),
  ];
  return {
    [Symbol.dispose]() {
      for (const back of put) back();
    },
  };
}

/** Answers what puts the former members back. */
export function replace(target: object, members: Record<string, unknown>): () => void {
  const before = Object.keys(members).map((name) => {
    return [name, Object.getOwnPropertyDescriptor(target, name)] as const;
  });
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, descriptor);
    }
  };
}
