import { Time } from "../components/time.tsx";
import type { ScorePoint } from "./draw-score.server.ts";

/** Only the last of a long history is written out; the line shows all of it. */
const MOST_WRITTEN = 50;

/** The same in words: what a picture cannot tell everybody, and why each change came. */
export function ScoreChanges({ points }: { points: readonly ScorePoint[] }) {
  if (points.length < 2) return null;
  const written = points.toReversed().slice(0, MOST_WRITTEN);
  return (
    <details className="mt-2 text-sm">
      <summary className="w-fit cursor-pointer rounded text-[0.8125rem] font-medium text-muted-foreground hover:text-foreground">
        The changes in words
      </summary>
      <section
        aria-label="Changes of the score"
        // Scrollable without a mouse, too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="mt-2 max-h-72 overflow-y-auto rounded-lg border border-border"
      >
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
      </section>
      {points.length > written.length ? (
        <p className="mt-1.5 text-[0.8125rem] text-muted-foreground">
          The last {written.length} of {points.length} changes.
        </p>
      ) : null}
    </details>
  );
}
