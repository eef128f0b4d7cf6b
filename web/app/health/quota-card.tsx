import { Link } from "@remix-run/react";
import type { Health, Window } from "@roost/contract/accounts";
import { Button } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { Bar } from "../components/meter.tsx";
import { lanes } from "../lanes/lanes.ts";
import { formatCount } from "../lib/numbers.ts";

const windows = [
  { key: "minute", label: "Minute" },
  { key: "hour", label: "Hour" },
  { key: "day", label: "Day" },
] as const;

/** What may still go out, by window and lane. Windows roll: they look back from now. */
export function QuotaCard({ health }: { health: Health }) {
  return (
    <Card aria-labelledby="quota">
      <CardHeader
        id="quota"
        title="Limits"
        description="What went out within the last minute, hour and day, of what may."
        action={
          <Button asChild variant="outline" size="small">
            <Link to="../settings#limits">Change</Link>
          </Button>
        }
      />
      <CardBody>
        <table className="w-full table-fixed text-left text-xs sm:text-[0.8125rem]">
          <thead>
            <tr className="text-muted-foreground">
              <th scope="col" className="w-[20%] sm:w-[26%] pb-2 font-medium">
                <span className="sr-only">Lane</span>
              </th>
              {windows.map(({ key, label }) => (
                <th key={key} scope="col" className="pb-2 pl-2 font-medium sm:pl-5">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-border border-t border-border">
            <Row label="All" of={health.windows} />
            {lanes.map(({ lane, label, meaning }) => (
              <Row key={lane} label={label} meaning={meaning} of={health.lanes[lane]} />
            ))}
          </tbody>
        </table>
      </CardBody>
    </Card>
  );
}

function Row({ label, meaning, of }: { label: string; meaning?: string; of: Health["windows"] }) {
  return (
    <tr className="align-top">
      <th scope="row" className="py-3 pr-1 font-medium">
        {label}
        {meaning === undefined ? null : (
          <span className="mt-0.5 hidden text-xs font-normal text-pretty text-muted-foreground sm:block">
            {meaning}
          </span>
        )}
      </th>
      {windows.map(({ key }) => (
        <td key={key} className="py-3 pl-2 sm:pl-5">
          <Used {...of[key]} />
        </td>
      ))}
    </tr>
  );
}

/** `left` may be less than the difference: what a host has in hand counts, too. */
function Used({ used, limit, left }: Window) {
  return (
    <>
      <p className="tabular-nums [overflow-wrap:anywhere]">
        {formatCount(used)}{" "}
        <span className="block text-muted-foreground sm:inline">of {formatCount(limit)}</span>
      </p>
      <Bar used={limit - left} limit={limit} className="mt-1.5" />
      <p className="mt-1 text-xs text-muted-foreground tabular-nums">{formatCount(left)} left</p>
    </>
  );
}
