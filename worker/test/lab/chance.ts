/** Chance that comes out the same for the same seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1. (mulberry32: small, and good enough to choose by.) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both of them possible. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.between(0, values.length - 1)];
    if (value === undefined) throw new Error("There is nothing to choose from.");
    return value;
  }

  shuffle<T>(values: readonly T[]): T[] {
    const shuffled = [...values];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.between(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }

  /** Chance of its own for one purpose: what another purpose draws does not change it. */
  branch(): Chance {
    return new Chance(this.between(0, 2 ** 32 - 1));
  }
}

/** Hands out all values in random order before any comes again. */
export class Bag<T> {
  readonly #chance: Chance;
  readonly #values: readonly T[];
  #left: T[] = [];

  constructor(chance: Chance, values: readonly T[]) {
    this.#chance = chance;
    this.#values = values;
  }

  draw(): T {
    if (this.#left.length === 0) this.#left = this.#chance.shuffle(this.#values);
    const value = this.#left.pop();
    if (value === undefined) throw new Error("The bag is empty.");
    return value;
  }
}
