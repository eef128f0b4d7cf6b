import { type PointerEvent, useState } from "react";
import { Time } from "../components/time.tsx";
import { cn } from "../lib/cn.ts";
import type { ScoreDrawing, ScorePoint } from "./draw-score.server.ts";

/** Below this no campaign is sent. */
const CAMPAIGN_SCORE = 50;
const LEVELS = [100, CAMPAIGN_SCORE, 0];

/** The score over time. Drawn on the server; the browser adds the value under the pointer. */
export function ScoreChart({ drawing }: { drawing: ScoreDrawing }) {
  const { points } = drawing;
  const [pointed, setPointed] = useState<ScorePoint | null>(null);
  const point = (event: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * 100;
    setPointed(points.findLast((candidate) => candidate.x <= x) ?? null);
  };
  return (
    <div className="pr-8">
      <div
        aria-hidden
        className="relative mt-2 h-40"
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
      >
        {LEVELS.map((level) => (
          <div
            key={level}
            style={{ top: `${100 - level}%` }}
            className={cn(
              "absolute inset-x-0 border-t border-border",
              level === CAMPAIGN_SCORE && "border-dashed",
            )}
          >
            <span className="absolute -top-2 left-full pl-2 text-xs text-muted-foreground tabular-nums">
              {level}
            </span>
          </div>
        ))}
        <svg
          viewBox="0 0 1000 100"
          preserveAspectRatio="none"
          className="absolute inset-0 size-full overflow-visible"
        >
          <path d={drawing.area} className="fill-primary/10" />
          <path
            d={drawing.line}
            fill="none"
            strokeWidth="2"
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
            className="stroke-primary"
          />
        </svg>
        {pointed === null ? null : <Pointed point={pointed} />}
      </div>
      <div aria-hidden className="relative mt-2 h-4 text-xs text-muted-foreground tabular-nums">
        {drawing.ticks.map(({ x, label }) => (
          <span
            key={x}
            style={{ left: `${x}%` }}
            className="absolute -translate-x-1/2 whitespace-nowrap"
          >
            {label}
          </span>
        ))}
      </div>
    </div>
  );
}

function Pointed({ point: { x, y, at, score } }: { point: ScorePoint }) {
  return (
    <>
      <span
        style={{ left: `${x}%`, top: `${y}%` }}
        className="absolute size-2.5 -translate-1/2 rounded-full border-2 border-card bg-primary"
      />
      <span
        style={{ left: `${x}%` }}
        className={cn(
          "absolute -top-2 rounded-md border border-border bg-card px-2 py-1 text-xs whitespace-nowrap shadow-sm",
          x > 60 ? "-translate-x-full" : "translate-x-0",
        )}
      >
        <span className="font-semibold tabular-nums">{score}</span>{" "}
        <Time at={at} className="text-muted-foreground" />
      </span>
    </>
  );
}
