import { Form } from "@remix-run/react";
import type { Health } from "@roost/contract/accounts";
import type { Queue } from "@roost/contract/queue";
import type { FormRefusal } from "../forms.ts";
import { Alert } from "./alert.tsx";
import { Button } from "./button.tsx";
import { Card, CardBody, CardHeader } from "./card.tsx";
import { FormError } from "./form.tsx";

const queueStates = {
  active: "Sending as messages come.",
  paused: "Paused: messages are accepted and held.",
  draining: "Draining: what is accepted goes out, nothing new is taken.",
  frozen: "Frozen: nothing is taken and nothing goes out.",
};

/** How an account is doing: its health, what waits, and how much of its limits is used. */
export function AccountStatus({
  health,
  queue,
  refusal,
}: {
  health: Health;
  queue: Queue;
  refusal: FormRefusal | null;
}) {
  const waiting = queue.counts.accepted + queue.counts.scheduled + queue.counts.leased;
  const isActive = queue.state === "active";
  // What is said above as a warning need not be said again below.
  const isSaid = health.reasons.some(({ code }) => code === queue.waiting_for?.code);
  const holds = isSaid ? null : queue.waiting_for;
  return (
    <Card aria-labelledby="status-title">
      <CardHeader id="status-title" title="How it is doing" />
      <CardBody className="space-y-5 text-sm">
        <dl className="grid grid-cols-2 gap-4">
          <Figure label="Health" value={health.score} of="of 100" />
          <Figure label="Waiting" value={waiting} of={waiting === 1 ? "message" : "messages"} />
        </dl>
        {health.reasons.map((reason) => (
          <Alert key={reason.code} tone="warning">
            {reason.sentence}
          </Alert>
        ))}
        {queue.counts.unconfirmed === 0 ? null : (
          <Alert tone="warning">
            {queue.counts.unconfirmed} unconfirmed: whether WhatsApp took them is not known yet.
          </Alert>
        )}
        <div className="space-y-2.5">
          <Used label="This minute" {...health.windows.minute} />
          <Used label="This hour" {...health.windows.hour} />
          <Used label="This day" {...health.windows.day} />
        </div>
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
            {holds?.sentence ?? queueStates[queue.state]}
          </p>
          <Button type="submit" variant="outline" size="small">
            {isActive ? "Pause sending" : "Resume sending"}
          </Button>
        </Form>
      </CardBody>
    </Card>
  );
}

function Figure({ label, value, of }: { label: string; value: number; of: string }) {
  return (
    <div>
      <dt className="text-[0.8125rem] text-muted-foreground">{label}</dt>
      <dd className="mt-0.5">
        <span className="text-2xl font-semibold tracking-tight tabular-nums">
          {value.toLocaleString("en")}
        </span>{" "}
        <span className="text-[0.8125rem] text-muted-foreground">{of}</span>
      </dd>
    </div>
  );
}

function Used({ label, used, limit }: { label: string; used: number; limit: number }) {
  return (
    <div>
      <div className="flex justify-between text-[0.8125rem]">
        <span className="text-muted-foreground">{label}</span>
        <span className="tabular-nums">
          {used.toLocaleString("en")}{" "}
          <span className="text-muted-foreground">of {limit.toLocaleString("en")}</span>
        </span>
      </div>
      <div aria-hidden className="mt-1 h-1.5 overflow-hidden rounded-full bg-muted">
        <div
          className="h-full rounded-full bg-primary"
          style={{ width: `${Math.min(100, (used / limit) * 100)}%` }}
        />
      </div>
    </div>
  );
}
