import { Form, Link, useNavigation } from "@remix-run/react";
import type { Message } from "@roost/contract/messages";
import { CheckCheck, Inbox } from "lucide-react";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardHeader } from "../components/card.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { FormError } from "../components/form.tsx";
import type { FormRefusal } from "../forms.ts";
import { cn } from "../lib/cn.ts";
import { counted, formatCount } from "../lib/numbers.ts";
import { MessageList } from "../messages/message-list.tsx";
import { type ErrorGroup, errorGroups } from "./error-groups.ts";
import { lists, type Shown } from "./shown.ts";

const empty = {
  waiting: {
    title: "Nothing waits",
    text: "What is accepted and has not gone out yet stands here.",
  },
  scheduled: {
    title: "Nothing is scheduled",
    text: "Messages with a time to be sent at stand here.",
  },
  failed: { title: "Nothing failed", text: "What WhatsApp refuses stands here, with the reason." },
  unconfirmed: {
    title: "Nothing is in doubt",
    text: "What may or may not have reached WhatsApp stands here until a receipt settles it.",
  },
} as const;

/** The messages behind the numbers, and what can be done with each. */
export function MessagesCard({
  shown,
  messages,
  hasMore,
  counts,
  refusal,
  done,
}: {
  shown: Shown;
  messages: readonly Message[];
  hasMore: boolean;
  counts: Partial<Record<string, number>>;
  refusal: FormRefusal | null;
  done: string | null;
}) {
  const { show } = shown;
  return (
    <Card aria-labelledby="queue-messages" className="overflow-hidden" id="messages">
      <CardHeader id="queue-messages" title="Messages" />
      <nav aria-label="Messages of the queue" className="flex gap-1 overflow-x-auto px-3.5 pb-3">
        {lists.map((list) => (
          <Link
            key={list.show}
            to={`?show=${list.show}`}
            replace
            preventScrollReset
            aria-current={list.show === show ? "true" : undefined}
            className={cn(
              "rounded-lg px-3 py-1.5 text-sm whitespace-nowrap text-muted-foreground hover:bg-muted hover:text-foreground",
              list.show === show && "bg-muted font-medium text-foreground",
            )}
          >
            {list.label}
            <Count of={counts[list.state]} />
          </Link>
        ))}
      </nav>
      <div className="flex flex-col gap-3 px-5 *:last:mb-4">
        {refusal === null ? null : <FormError refusal={refusal} />}
        {done === null ? null : <output className="text-sm text-pretty">{done}</output>}
        {show === "failed" ? <Groups groups={errorGroups(messages)} hasMore={hasMore} /> : null}
        {show === "unconfirmed" && messages.length > 0 ? (
          <p className="text-sm text-pretty text-muted-foreground">
            Whether WhatsApp took these is not known; a late receipt settles it. Sent again they
            keep their id, so that whoever has one already does not get it twice.
          </p>
        ) : null}
      </div>
      {messages.length === 0 ? (
        <div className="border-t border-border">
          <EmptyState icon={show === "failed" ? CheckCheck : Inbox} title={empty[show].title}>
            {empty[show].text}
          </EmptyState>
        </div>
      ) : (
        <MessageList messages={messages} action={(message) => deedFor(show, message)} />
      )}
      {hasMore ? (
        <p className="border-t border-border px-5 py-3 text-[0.8125rem] text-muted-foreground">
          The newest {messages.length}. There are more.
        </p>
      ) : null}
    </Card>
  );
}

function Count({ of }: { of: number | undefined }) {
  if (of === undefined || of === 0) return null;
  return <span className="ml-1.5 tabular-nums opacity-80">{formatCount(of)}</span>;
}

/** What went wrong how often, and once more for those that may go better. */
function Groups({ groups, hasMore }: { groups: readonly ErrorGroup[]; hasMore: boolean }) {
  if (groups.length === 0) return null;
  return (
    <ul
      aria-label="What went wrong"
      className="divide-y divide-border rounded-lg border border-border"
    >
      {groups.map(({ code, detail, isRetryable, count }) => (
        <li
          key={code}
          className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3 text-sm"
        >
          <div className="min-w-0 flex-1 basis-60">
            <p className="font-medium tabular-nums">
              {hasMore ? `At least ${counted(count, "message")}` : counted(count, "message")}
            </p>
            <p className="text-pretty text-muted-foreground">{detail}</p>
          </div>
          {isRetryable ? (
            <Retry fields={{ state: "failed", error_code: code }} label="Try all again" />
          ) : (
            <p className="text-[0.8125rem] text-muted-foreground">Trying again would not help.</p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What can be done with one message of a list. */
function deedFor(show: Shown["show"], { id, error }: Message) {
  if (show === "failed") {
    return error?.retryable === true ? <Retry fields={{ ids: id }} label="Try again" /> : null;
  }
  if (show === "unconfirmed") return <Retry fields={{ ids: id }} label="Send again" />;
  return (
    <ConfirmDialog
      name={`cancel-${id}`}
      trigger="Cancel"
      size="small"
      look="quiet"
      title="Cancel this message?"
      confirm="Cancel it for good"
      pendingLabel="Cancelling"
      leave="Keep it"
      fields={{ intent: "clear", ids: id }}
    >
      It is not sent, and this cannot be undone: to send it after all, it must be written anew.
    </ConfirmDialog>
  );
}

function Retry({ fields, label }: { fields: Record<string, string>; label: string }) {
  const { formData } = useNavigation();
  const isPending =
    formData?.get("intent") === "retry" &&
    Object.entries(fields).every(([name, value]) => formData.get(name) === value);
  return (
    <Form method="post" preventScrollReset>
      <input type="hidden" name="intent" value="retry" />
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <SubmitButton variant="outline" size="small" isPending={isPending} pendingLabel="Trying">
        {label}
      </SubmitButton>
    </Form>
  );
}
