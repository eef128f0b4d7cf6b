/** A code is shown for this long at least; WhatsApp's first one lives longer. */
const SHORTEST_LIFE_MS = 20_000;

export type Countdown = {
  secondsLeft: number;
  /** 1 when the code is fresh, 0 when it is about to be replaced. */
  fractionLeft: number;
  isOver: boolean;
};

/** How long a code is still good, given when the page first saw it. */
export function countdown(expiresAt: number, seenAt: number, now: number): Countdown {
  const leftMs = Math.max(0, expiresAt - now);
  const lifeMs = Math.max(SHORTEST_LIFE_MS, expiresAt - seenAt);
  return {
    secondsLeft: Math.ceil(leftMs / 1000),
    fractionLeft: Math.min(1, leftMs / lifeMs),
    isOver: leftMs === 0,
  };
}
