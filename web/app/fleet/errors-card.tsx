import type { FleetError, HostError } from "@roost/contract/admin";
import { CircleCheck } from "lucide-react";
import { Card, CardHeader } from "../components/card.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Time } from "../components/time.tsx";
import { counted, formatCount } from "../lib/numbers.ts";

/** Why sessions ended or failed, the commonest first. */
export function ErrorsCard({ errors }: { errors: readonly (HostError | FleetError)[] }) {
  return (
    <Card aria-labelledby="errors" className="overflow-hidden">
      <CardHeader
        id="errors"
        title="Errors by kind"
        description="Why sessions ended or failed, in the last 24 hours."
      />
      {errors.length === 0 ? (
        <div className="border-t border-border">
          <EmptyState icon={CircleCheck} title="No errors">
            Every connection held, or nothing was connected.
          </EmptyState>
        </div>
      ) : (
        <ul aria-label="Errors" className="divide-y divide-border border-t border-border">
          {errors.map((error) => (
            <li
              key={error.reason.code}
              className="grid grid-cols-[3.5rem_minmax(0,1fr)] gap-x-4 gap-y-0.5 px-5 py-3 text-sm sm:grid-cols-[3.5rem_minmax(0,1fr)_auto]"
            >
              <span className="text-right font-semibold tabular-nums">
                {formatCount(error.count)}
              </span>
              <div className="min-w-0">
                <p className="text-pretty">{error.reason.sentence}</p>
                <p className="font-mono text-xs text-muted-foreground [overflow-wrap:anywhere]">
                  {error.reason.code}
                </p>
              </div>
              <p className="col-start-2 text-[0.8125rem] text-muted-foreground sm:col-start-3 sm:text-right">
                {"hosts" in error ? (
                  <span className="sm:block">on {counted(error.hosts, "host")} </span>
                ) : null}
                <span className="whitespace-nowrap">
                  last <Time at={error.last_at} />
                </span>
              </p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
