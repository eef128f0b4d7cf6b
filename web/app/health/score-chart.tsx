import { type PointerEvent, useState } from "react";
import { Time } from "../components/time.tsx";
import { cn } from "../lib/cn.ts";
import type { ScoreDrawing, ScorePoint } from "./draw-score.server.ts";

/** Below this no campaign is sent. */
const CAMPAIGN_SCORE = 50;
const LEVELS = [100, CAMPAIGN_SCORE, 0];
/** Only the last of a long history is written out; the line shows all of it. */
const MOST_WRITTEN = 50;

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
    <div>
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
      {points.length < 2 ? null : <Changes points={points} />}
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

/** The same in words: what a picture cannot tell everybody, and why each change came. */
function Changes({ points }: { points: readonly ScorePoint[] }) {
  const written = points.toReversed().slice(0, MOST_WRITTEN);
  return (
    <details className="mt-3 text-sm">
      <summary className="w-fit cursor-pointer rounded text-[0.8125rem] font-medium text-muted-foreground hover:text-foreground">
        The changes in words
      </summary>
      <div className="mt-2 max-h-72 overflow-y-auto rounded-lg border border-border">
        <table className="w-full text-left text-[0.8125rem]">
          <thead className="text-muted-foreground">
            <tr className="border-b border-border">
              <th scope="col" className="px-3 py-2 font-medium">
                When
              </th>
              <th scope="col" className="px-3 py-2 font-medium">
                Score
              </th>
              <th scope="col" className="px-3 py-2 font-medium">
                Why
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-border">
            {written.map(({ n, at, score, reason }) => (
              <tr key={n} className="align-top">
                <td className="px-3 py-2 whitespace-nowrap">
                  <Time at={at} />
                </td>
                <td className="px-3 py-2 tabular-nums">{score}</td>
                <td className="px-3 py-2 text-pretty">
                  {reason?.sentence ?? <span className="text-muted-foreground">–</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {points.length > written.length ? (
        <p className="mt-1.5 text-[0.8125rem] text-muted-foreground">
          The last {written.length} of {points.length} changes.
        </p>
      ) : null}
    </details>
  );
}
