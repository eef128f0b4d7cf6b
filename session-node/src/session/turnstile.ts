/**
 * Lets a few sessions dial at a time. A login costs tens of milliseconds of CPU: if all accounts of a
 * large host began at once, the first would not be done before the patience with them is over.
 */
export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /** Waits for a place and returns what gives it back; calling that twice does no harm. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      const next = this.#waiting.shift();
      // The place goes straight to the next in line.
      if (next) next();
      else this.#free += 1;
    };
  }
}
