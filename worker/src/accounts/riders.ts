/** Acks, receipts and keys wait so long for a tick to ride on: a row less each time. */
const RIDE_MS = 250;

/** Changes that are in memory and may become durable with somebody else's tick, or a little later. */
export class Riders {
  private waiting: (() => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Resolves when the changes are durable; `save` is called if nobody else has saved by then. */
  aboard(save: () => void): Promise<void> {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      save();
    }, RIDE_MS);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** A tick was written, with everything that waited. */
  arrived(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
