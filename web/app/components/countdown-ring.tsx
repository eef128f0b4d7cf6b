import { type Countdown } from "../linking/countdown.ts";

const RADIUS = 15;
const LENGTH = 2 * Math.PI * RADIUS;

/** How long the code is still good. Not read out each second: the words beside it say what happens. */
export function CountdownRing({ secondsLeft, fractionLeft }: Countdown) {
  return (
    <span className="relative inline-flex size-9 items-center justify-center" aria-hidden>
      <svg viewBox="0 0 36 36" className="absolute inset-0 -rotate-90">
        <circle cx="18" cy="18" r={RADIUS} fill="none" strokeWidth="3" className="stroke-border" />
        <circle
          cx="18"
          cy="18"
          r={RADIUS}
          fill="none"
          strokeWidth="3"
          strokeLinecap="round"
          strokeDasharray={LENGTH}
          strokeDashoffset={LENGTH * (1 - fractionLeft)}
          className="stroke-primary transition-[stroke-dashoffset] duration-300 ease-linear"
        />
      </svg>
      <span className="text-xs font-medium tabular-nums">{secondsLeft}</span>
    </span>
  );
}
