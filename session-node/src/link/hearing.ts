/** The time by two clocks, in milliseconds: one that can be set, and one that cannot. */
export type Moment = { wall: number; steady: number };

/** Now. */
export function moment(): Moment {
  return { wall: Date.now(), steady: performance.now() };
}

/**
 * When the edge certainly heard us last. Only answers count, and they count from the question: what
 * the edge says of itself may reach us while nothing of ours reaches it, and then it believes us gone.
 */
export class Hearing {
  readonly #now: () => Moment;
  #asked: Moment[] = [];
  #heardUs: Moment | null = null;

  constructor(now: () => Moment = moment) {
    this.#now = now;
  }

  /** Something was sent that the edge answers; answers come in order. */
  asked(): void {
    this.#asked.push(this.#now());
  }

  answered(): void {
    this.#heardUs = this.#asked.shift() ?? this.#heardUs;
  }

  /** Another socket: what was asked on the one before gets no answer any more. */
  newSocket(): void {
    this.#asked = [];
  }

  /**
   * For how long the edge may not have heard us; infinite before the first answer. The clock that says
   * more is believed: one may have been set back, the other have stood still with the machine.
   */
  silentMs(): number {
    if (this.#heardUs === null) return Infinity;
    const { wall, steady } = this.#now();
    return Math.max(wall - this.#heardUs.wall, steady - this.#heardUs.steady);
  }
}
