import { Form, useNavigation } from "@remix-run/react";
import type { Queue } from "@roost/contract/queue";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardHeader } from "../components/card.tsx";
import { FormError } from "../components/form.tsx";
import type { FormRefusal } from "../forms.ts";
import { cn } from "../lib/cn.ts";
import { queueStates } from "./queue-words.ts";

/** What the queue does now, and the three other things it could do. */
export function StateCard({ queue, refusal }: { queue: Queue; refusal: FormRefusal | null }) {
  const chosen = useNavigation().formData?.get("state");
  return (
    <Card aria-labelledby="queue-state" className="overflow-hidden">
      <CardHeader
        id="queue-state"
        title="Queue"
        description="A change acts at once: what a host has not begun to send comes back."
      />
      <Form method="post" preventScrollReset>
        {refusal === null ? null : (
          <div className="px-5 pb-4">
            <FormError refusal={refusal} />
          </div>
        )}
        <output className="sr-only">The queue is {queue.state}.</output>
        <input type="hidden" name="intent" value="state" />
        <ul
          aria-label="States of the queue"
          className="divide-y divide-border border-t border-border"
        >
          {queueStates.map(({ state, label, takes, sends, deed }) => (
            <li
              key={state}
              aria-current={state === queue.state ? "true" : undefined}
              className={cn(
                "flex min-h-15 items-center justify-between gap-4 px-5 py-2.5",
                state === queue.state && "bg-accent/60",
              )}
            >
              <div className="min-w-0 text-sm">
                <p className="font-medium">{label}</p>
                <p className="text-[0.8125rem] text-pretty text-muted-foreground">
                  {takes}, {sends}.
                </p>
              </div>
              {state === queue.state ? (
                <span className="px-3 text-[0.8125rem] font-medium text-accent-foreground">
                  Now
                </span>
              ) : (
                <SubmitButton
                  name="state"
                  value={state}
                  variant="outline"
                  size="small"
                  isPending={chosen === state}
                  pendingLabel="Changing"
                >
                  {deed}
                </SubmitButton>
              )}
            </li>
          ))}
        </ul>
      </Form>
    </Card>
  );
}
