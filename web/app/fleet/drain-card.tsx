import { Form, useNavigation } from "@remix-run/react";
import type { HostDetail } from "@roost/contract/admin";
import { useState } from "react";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { FormError } from "../components/form.tsx";
import type { FormRefusal } from "../forms.ts";
import { counted, percentOf } from "../lib/numbers.ts";

/** Empties the host before it is updated or ended, and takes it back into service. */
export function DrainCard({ host, refusal }: { host: HostDetail; refusal: FormRefusal | null }) {
  const isResuming = useNavigation().formData?.get("intent") === "resume";
  const isDraining = host.state === "draining";
  return (
    <Card aria-labelledby="drain">
      <CardHeader
        id="drain"
        title={isDraining ? "Draining" : "Drain"}
        description={
          isDraining
            ? "Each account finishes the message in hand, then goes to another host."
            : "Before a host is updated or ended: its accounts move to other hosts, and it takes no new ones."
        }
      />
      <CardBody className="space-y-4">
        <FormError refusal={refusal} />
        {isDraining ? (
          <>
            <Leaving left={host.accounts} />
            <Form method="post" preventScrollReset>
              <input type="hidden" name="intent" value="resume" />
              <SubmitButton variant="outline" isPending={isResuming} pendingLabel="Resuming">
                Take it back into service
              </SubmitButton>
            </Form>
          </>
        ) : (
          <ConfirmDialog
            name="drain"
            trigger="Drain this host"
            title={`Drain “${host.name}”?`}
            confirm="Drain"
            pendingLabel="Draining"
            fields={{ intent: "drain" }}
          >
            {host.accounts === 0
              ? "It has no accounts now, and will get none."
              : `${counted(host.accounts, "account")} will move to other hosts; each is away for a moment. It is refused when the others have no room for all of them.`}
          </ConfirmDialog>
        )}
      </CardBody>
    </Card>
  );
}

/** How many are still there, of those that were when somebody began to look. */
function Leaving({ left }: { left: number }) {
  const [most, setMost] = useState(left);
  if (left > most) setMost(left);
  const isDone = left === 0;
  return (
    <div>
      <output className="text-sm">
        {isDone
          ? "Empty. It can be updated or ended now."
          : `${counted(left, "account")} still here.`}
      </output>
      <div aria-hidden className="mt-2 h-1.5 overflow-hidden rounded-full bg-muted">
        <div
          className="h-full rounded-full bg-primary transition-[width] duration-500"
          style={{ width: `${isDone ? 100 : 100 - percentOf(left, most)}%` }}
        />
      </div>
    </div>
  );
}
