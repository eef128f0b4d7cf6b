/** Lets one loop sleep until something happens or a time has passed. Its timer exists only meanwhile. */
export class Signal {
  #wake: (() => void) | null = null;
  #isRaised = false;

  /** Ends the present wait, or the next one at once. */
  raise(): void {
    this.#isRaised = true;
    this.#wake?.();
  }

  /** Waits at most `ms`; null waits for `raise` alone. */
  async wait(ms: number | null): Promise<void> {
    if (!this.#isRaised) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      // Timers overflow beyond 2^31 ms and would fire at once.
      const timer = ms === null ? undefined : setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
      await promise;
      clearTimeout(timer);
      this.#wake = null;
    }
    this.#isRaised = false;
  }
}

/** Waits until the promise is settled, but no longer than `ms`. */
export async function withinMs(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise.catch(() => undefined), patience]);
  clearTimeout(timer);
}
