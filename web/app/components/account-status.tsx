import { Form, Link } from "@remix-run/react";
import type { Account, Health } from "@roost/contract/accounts";
import type { Queue } from "@roost/contract/queue";
import type { FormRefusal } from "../forms.ts";
import { reasonsToSay } from "../health/reasons-to-say.ts";
import { backlogCodes, meaningOf } from "../queue/queue-words.ts";
import { Alert } from "./alert.tsx";
import { Button } from "./button.tsx";
import { Card, CardBody, CardHeader } from "./card.tsx";
import { Figure } from "./figure.tsx";
import { FormError } from "./form.tsx";
import { Meter } from "./meter.tsx";
import { Until } from "./until.tsx";

/** How an account is doing: its health, what waits, and how much of its limits is used. */
export function AccountStatus({
  account,
  health,
  queue,
  refusal,
}: {
  account: Account;
  health: Health;
  queue: Queue;
  refusal: FormRefusal | null;
}) {
  const waiting = queue.counts.accepted + queue.counts.scheduled + queue.counts.leased;
  const isActive = queue.state === "active";
  // Resuming would send all of it, so that is asked where one sees what it is.
  const isBacklog = queue.reason !== null && backlogCodes.has(queue.reason.code);
  const reasons = reasonsToSay(health, account, isBacklog ? queue.reason : null);
  // What is said above as a warning need not be said again below.
  const isSaid = health.reasons.some(({ code }) => code === queue.waiting_for?.code);
  const holds = isSaid ? null : queue.waiting_for;
  return (
    <Card aria-labelledby="status-title">
      <CardHeader
        id="status-title"
        title="How it is doing"
        action={
          <Link to="health" className="text-sm font-medium text-primary hover:underline">
            Details
          </Link>
        }
      />
      <CardBody className="space-y-5 text-sm">
        <dl className="grid grid-cols-2 gap-4">
          <Figure label="Health" value={health.score} of="of 100" />
          <Figure label="Waiting" value={waiting} of={waiting === 1 ? "message" : "messages"} />
        </dl>
        {reasons.map((reason) => (
          <Alert key={reason.code} tone="warning">
            {reason.sentence}
            <Until at={reason.code === queue.waiting_for?.code ? queue.waiting_until : null} />
          </Alert>
        ))}
        {queue.counts.unconfirmed === 0 ? null : (
          <Alert tone="warning">
            {queue.counts.unconfirmed} unconfirmed: whether WhatsApp took them is not known yet.
          </Alert>
        )}
        <div className="space-y-2.5">
          <Meter label="This minute" {...health.windows.minute} />
          <Meter label="This hour" {...health.windows.hour} />
          <Meter label="This day" {...health.windows.day} />
        </div>
        {isBacklog ? (
          <Alert tone="warning">
            {queue.reason?.sentence}{" "}
            <Link to="queue" className="font-medium underline underline-offset-4">
              Decide in the queue
            </Link>
          </Alert>
        ) : (
          <Form
            method="post"
            action="?index"
            preventScrollReset
            className="space-y-3 border-t border-border pt-4"
          >
            <FormError refusal={refusal} />
            <input type="hidden" name="intent" value="queue" />
            <input type="hidden" name="state" value={isActive ? "paused" : "active"} />
            <p className="text-pretty text-muted-foreground">
              {holds?.sentence ?? meaningOf(queue.state)}
              <Until at={holds === null ? null : queue.waiting_until} />
            </p>
            <Button type="submit" variant="outline" size="small">
              {isActive ? "Pause sending" : "Resume sending"}
            </Button>
          </Form>
        )}
      </CardBody>
    </Card>
  );
}
