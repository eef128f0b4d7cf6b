import { Form, useNavigation } from "@remix-run/react";
import type { Queue } from "@roost/contract/queue";
import { CircleHelp } from "lucide-react";
import { SubmitButton } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { counted } from "../lib/numbers.ts";
import { backlogCodes } from "./queue-words.ts";

/** What waited through a gap, a ban or a change of number goes out only when a person says so. */
export function BacklogCard({ queue, now }: { queue: Queue; now: number }) {
  const isResuming = useNavigation().formData?.get("state") === "active";
  if (queue.reason === null || !backlogCodes.has(queue.reason.code)) return null;
  const held = queue.counts.accepted + queue.counts.scheduled;
  const waiting = counted(held, "message");
  return (
    <Card aria-labelledby="backlog" className="border-warning/40 bg-warning-soft p-5">
      <div className="flex gap-3">
        <CircleHelp aria-hidden className="mt-0.5 size-5 shrink-0 text-warning" />
        <div className="min-w-0 space-y-4">
          <div className="space-y-1">
            <h2 id="backlog" className="text-base font-semibold tracking-tight">
              {held === 1 ? "A message waits. Should it" : `${capital(waiting)} wait. Should they`}{" "}
              still go out?
            </h2>
            <p className="text-sm text-pretty">{queue.reason.sentence}</p>
          </div>
          <div className="flex flex-wrap gap-3">
            <Form method="post" preventScrollReset>
              <input type="hidden" name="intent" value="state" />
              <input type="hidden" name="state" value="active" />
              <SubmitButton isPending={isResuming} pendingLabel="Resuming">
                Resume the queue
              </SubmitButton>
            </Form>
            <ConfirmDialog
              name="backlog"
              trigger={held === 1 ? "Clear it" : "Clear them"}
              title={`Cancel ${waiting}?`}
              confirm="Cancel for good"
              pendingLabel="Cancelling"
              leave="Keep"
              fields={{
                intent: "clear",
                state: "accepted,scheduled",
                created_until: new Date(now).toISOString(),
              }}
            >
              What is cancelled is not sent, and this cannot be undone: to send it after all, it
              must be written anew. The queue stays as it is; resume it afterwards.
            </ConfirmDialog>
          </div>
        </div>
      </div>
    </Card>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
