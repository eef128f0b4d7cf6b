import { Form, useNavigation } from "@remix-run/react";
import { useRef, useState } from "react";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { QuestionDialog } from "../components/confirm-dialog.tsx";
import { Field, FormError, Select } from "../components/form.tsx";
import type { FormRefusal } from "../forms.ts";
import { lanes } from "../lanes/lanes.ts";
import { counted } from "../lib/numbers.ts";

/** What matches a filter that somebody asked about, before anything is done with it. */
export type Matches = { waiting: number; begun: number; fields: Record<string, string> };

const states = [
  { value: "accepted,scheduled", label: "All that wait" },
  { value: "accepted", label: "Ready to go out" },
  { value: "scheduled", label: "Scheduled for later" },
];
const ages = [
  { value: "", label: "Any age" },
  { value: "1", label: "Older than an hour" },
  { value: "24", label: "Older than a day" },
  { value: "168", label: "Older than a week" },
];

/** Cancels waiting messages: first it counts what is meant, then it asks. */
export function ClearCard({
  asked,
  refusal,
  done,
}: {
  asked: Matches | null;
  refusal: FormRefusal | null;
  done: string | null;
}) {
  const isPending = useNavigation().formData?.get("intent") === "count";
  const button = useRef<HTMLButtonElement>(null);
  const [left, setLeft] = useState<Matches | null>(null);
  return (
    <Card aria-labelledby="clear">
      <CardHeader
        id="clear"
        title="Clear"
        description="Cancels what waits and matches all that you say here. What is going out already is left alone."
      />
      <CardBody>
        <Form method="post" preventScrollReset className="space-y-4">
          <FormError refusal={refusal} />
          <input type="hidden" name="intent" value="count" />
          <div className="grid gap-4 sm:grid-cols-2">
            <Select label="Which" name="state" refusal={refusal}>
              {states.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
            <Select label="Lane" name="lane" refusal={refusal}>
              <option value="">All lanes</option>
              {lanes.map(({ lane, label }) => (
                <option key={lane} value={lane}>
                  {label}
                </option>
              ))}
            </Select>
            <Select label="Age" name="older_than" refusal={refusal}>
              {ages.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
            <Field
              label="To"
              name="to"
              type="tel"
              inputMode="tel"
              autoComplete="off"
              placeholder="Anybody"
              refusal={refusal}
            />
            <div className="sm:col-span-2">
              <Field
                label="Your reference"
                name="client_reference"
                autoComplete="off"
                placeholder="Any"
                hint="The client_reference that your program gave with the message."
                refusal={refusal}
              />
            </div>
          </div>
          <div className="flex flex-wrap items-center gap-4">
            <SubmitButton
              ref={button}
              variant="outline"
              isPending={isPending}
              pendingLabel="Counting"
            >
              Count what matches
            </SubmitButton>
            <output className="text-sm text-pretty text-muted-foreground">
              {asked === null ? done : <Counted asked={asked} />}
            </output>
          </div>
        </Form>
        {asked === null || asked.waiting === 0 ? null : (
          <QuestionDialog
            isAsked={asked !== left}
            onLeave={() => setLeft(asked)}
            onClosed={() => button.current?.focus()}
            title={`Cancel ${counted(asked.waiting, "message")}?`}
            confirm={asked.waiting === 1 ? "Cancel it for good" : "Cancel them for good"}
            pendingLabel="Cancelling"
            leave={asked.waiting === 1 ? "Keep it" : "Keep them"}
            fields={{ ...asked.fields, intent: "clear" }}
          >
            This cannot be undone: what is cancelled is not sent, and to send it after all it must
            be written anew. If you only want to wait, pause the queue instead.
          </QuestionDialog>
        )}
      </CardBody>
    </Card>
  );
}

function Counted({ asked: { waiting, begun } }: { asked: Matches }) {
  const rest = begun === 0 ? "" : ` ${counted(begun, "more", "more")} may be going out already.`;
  if (waiting === 0) return `Nothing that waits matches.${rest}`;
  return `${counted(waiting, "message")} ${waiting === 1 ? "matches" : "match"}.${rest}`;
}
