import type { Queue } from "@roost/contract/queue";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { Until } from "../components/until.tsx";
import { lanes } from "../lanes/lanes.ts";
import { cn } from "../lib/cn.ts";
import { formatCount } from "../lib/numbers.ts";
import { backlogCodes, meaningOf } from "./queue-words.ts";

const columns = [
  { key: "accepted", label: "Ready" },
  { key: "scheduled", label: "Scheduled" },
  { key: "leased", label: "Sending" },
] as const;

/** What waits, by lane, and why and until when. */
export function WaitingCard({ queue }: { queue: Queue }) {
  return (
    <Card aria-labelledby="waiting">
      <CardHeader id="waiting" title="What waits" description={<Whole queue={queue} />} />
      <CardBody>
        <table className="w-full text-left text-sm">
          <thead>
            <tr className="border-b border-border text-[0.8125rem] text-muted-foreground">
              <th scope="col" className="pb-2 font-medium">
                <span className="sr-only">Lane</span>
              </th>
              {columns.map(({ key, label }) => (
                <th key={key} scope="col" className="pb-2 pl-3 text-right font-medium">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          {lanes.map(({ lane, label, meaning }) => {
            const inLane = queue.lanes[lane];
            const isHeld = isSaid(queue, inLane);
            return (
              <tbody key={lane} className="border-b border-border last:border-b-0">
                <tr>
                  <th scope="row" className={cn("pt-3 font-medium", !isHeld && "pb-3")}>
                    {label}
                    <span className="block text-xs font-normal text-pretty text-muted-foreground">
                      {meaning}
                    </span>
                  </th>
                  {columns.map(({ key }) => (
                    <td
                      key={key}
                      className={cn(
                        "pt-3 pl-3 text-right align-top tabular-nums",
                        !isHeld && "pb-3",
                        inLane[key] === 0 && "text-muted-foreground",
                      )}
                    >
                      {formatCount(inLane[key])}
                    </td>
                  ))}
                </tr>
                {isHeld ? (
                  <tr>
                    <td colSpan={4} className="pt-1 pb-3 text-[0.8125rem] text-pretty text-warning">
                      {inLane.waiting_for?.sentence}
                      <Until at={inLane.waiting_until} />
                    </td>
                  </tr>
                ) : null}
              </tbody>
            );
          })}
        </table>
      </CardBody>
    </Card>
  );
}

/** Whether a lane has something to say of its own, beyond what holds all of them. */
function isSaid(queue: Queue, lane: Queue["lanes"]["reply"]): boolean {
  const { waiting_for: reason } = lane;
  return reason !== null && lane.accepted > 0 && reason.code !== queue.waiting_for?.code;
}

function Whole({ queue }: { queue: Queue }) {
  const { waiting_for: reason } = queue;
  // What is asked above need not be said again here.
  if (reason === null || backlogCodes.has(reason.code)) return meaningOf(queue.state);
  return (
    <>
      {reason.sentence}
      <Until at={queue.waiting_until} />
    </>
  );
}
