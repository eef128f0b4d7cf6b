import { Link } from "@remix-run/react";
import type { Account, Health } from "@roost/contract/accounts";
import { Alert } from "../components/alert.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { useTimeZone } from "../components/time.tsx";
import { cn } from "../lib/cn.ts";
import type { ScoreDrawing } from "./draw-score.server.ts";
import { reasonsToSay } from "./reasons-to-say.ts";
import { ScoreChanges } from "./score-changes.tsx";
import { ScoreChart } from "./score-chart.tsx";
import { summaryOf, wordFor } from "./score-words.ts";
import { spans } from "./spans.ts";

/** The score, what it means, how it came about, and everything that holds the account back. */
export function ScoreCard({
  account,
  health,
  drawing,
  days,
}: {
  account: Account;
  health: Health;
  drawing: ScoreDrawing;
  days: number;
}) {
  const timeZone = useTimeZone();
  const reasons = reasonsToSay(health, account);
  const { word, sentence } = wordFor(health.score);
  return (
    <Card aria-labelledby="score">
      <CardHeader
        id="score"
        title="Health"
        description="Each message that WhatsApp takes adds one, each that fails takes five."
        action={<Spans days={days} />}
      />
      <CardBody className="grid gap-x-10 gap-y-6 md:grid-cols-[13rem_minmax(0,1fr)]">
        <div className="space-y-2">
          <p>
            <span className="text-5xl font-semibold tracking-tight tabular-nums">
              {health.score}
            </span>{" "}
            <span className="text-sm text-muted-foreground">of 100</span>
          </p>
          <p className="text-sm text-pretty">
            <span className="font-medium">{word}.</span>{" "}
            <span className="text-muted-foreground">{sentence}</span>
          </p>
          {health.consecutive_failures < 2 ? null : (
            <p className="text-sm text-pretty text-warning">
              {health.consecutive_failures} failures in a row. At 10 the queue pauses.
            </p>
          )}
        </div>
        <figure className="min-w-0">
          <ScoreChart drawing={drawing} />
          <figcaption className="mt-3 text-[0.8125rem] text-pretty text-muted-foreground">
            {summaryOf(drawing.points, days, timeZone)}
          </figcaption>
          <ScoreChanges points={drawing.points} />
        </figure>
        {reasons.length === 0 ? null : (
          <ul className="space-y-2.5 md:col-span-2" aria-label="What holds it back">
            {reasons.map(({ code, sentence }) => (
              <li key={code}>
                <Alert tone="warning">{sentence}</Alert>
              </li>
            ))}
          </ul>
        )}
      </CardBody>
    </Card>
  );
}

/** How far back the line goes. */
function Spans({ days }: { days: number }) {
  return (
    <nav aria-label="How far back" className="flex rounded-lg border border-border p-0.5">
      {spans.map((span) => (
        <Link
          key={span.days}
          to={`?days=${span.days}`}
          preventScrollReset
          replace
          aria-current={span.days === days ? "true" : undefined}
          className={cn(
            "rounded-md px-2.5 py-1 text-[0.8125rem] text-muted-foreground hover:text-foreground",
            span.days === days && "bg-muted font-medium text-foreground",
          )}
        >
          {span.label}
        </Link>
      ))}
    </nav>
  );
}
