import { Link, useSearchParams } from "@remix-run/react";
import type { MessageData } from "@roost/contract/events";
import { Ellipsis } from "lucide-react";
import { Ticks } from "../components/ticks.tsx";
import { Time } from "../components/time.tsx";
import type { FormRefusal } from "../forms.ts";
import { cn } from "../lib/cn.ts";
import { contentOf } from "../messages/content.ts";
import { AmendForm } from "./amend-form.tsx";
import { canAmend, chosenIn } from "./amending.ts";

/** One message as it was said: ours at the right, theirs at the left. */
export function Bubble({
  message,
  refusal,
}: {
  message: MessageData;
  refusal: FormRefusal | null;
}) {
  const [search] = useSearchParams();
  const isOurs = message.direction === "outbound";
  const isRevoked = message.revoked_at !== null;
  const isChosen = canAmend(message) && chosenIn(search) === message.id;
  return (
    <div
      data-message={message.id}
      className={cn(
        "group flex flex-col",
        isOurs ? "items-end pl-10" : "items-start pr-10",
        message.reactions.length > 0 && "pb-2.5",
      )}
    >
      <div className="flex max-w-[min(32rem,100%)] items-center gap-1">
        {canAmend(message) ? <More message={message} isOpen={isChosen} /> : null}
        <div
          className={cn(
            "relative min-w-0 rounded-2xl px-3.5 py-2 text-sm shadow-xs",
            isOurs ? "rounded-br-md bg-bubble" : "rounded-bl-md border border-border bg-card",
          )}
        >
          <p
            className={cn(
              "whitespace-pre-wrap [overflow-wrap:anywhere]",
              (message.text === undefined || isRevoked) && "italic opacity-80",
            )}
          >
            <span className="sr-only">{isOurs ? "You: " : "They: "}</span>
            {contentOf(message)}
          </p>
          <p className="mt-0.5 flex items-center justify-end gap-1.5 text-[0.6875rem] text-muted-foreground">
            {message.origin === "phone" ? <span>from the phone</span> : null}
            {message.edited_at === null || isRevoked ? null : <span>edited</span>}
            <Time at={message.created_at} format="time" />
            <Ticks state={message.state} />
          </p>
          <Reactions message={message} />
        </div>
      </div>
      {message.error === null ? null : (
        <p className="mt-1 max-w-[min(32rem,100%)] text-right text-[0.8125rem] text-destructive">
          {message.error.detail}
        </p>
      )}
      {isChosen ? <AmendForm message={message} refusal={refusal} /> : null}
    </div>
  );
}

/** Leads to what can still be done with a message of ours. */
function More({ message, isOpen }: { message: MessageData; isOpen: boolean }) {
  const [search] = useSearchParams();
  const there = new URLSearchParams(search);
  if (isOpen) there.delete("message");
  else there.set("message", message.id);
  return (
    <Link
      to={`?${there}`}
      replace
      preventScrollReset
      aria-expanded={isOpen}
      aria-label="Edit or delete this message"
      className={cn(
        "flex size-8 shrink-0 items-center justify-center rounded-lg text-muted-foreground hover:bg-muted hover:text-foreground focus-visible:opacity-100 [@media(hover:hover)]:opacity-0 [@media(hover:hover)]:group-hover:opacity-100",
        isOpen && "bg-muted opacity-100!",
      )}
    >
      <Ellipsis aria-hidden className="size-4" />
    </Link>
  );
}

/** What people answered with a single sign, at the edge of the bubble. */
function Reactions({ message: { reactions, direction } }: { message: MessageData }) {
  if (reactions.length === 0) return null;
  return (
    <p
      className={cn(
        "absolute -bottom-3 flex gap-0.5 rounded-full border border-border bg-card px-1.5 py-0.5 text-xs leading-4 shadow-xs",
        direction === "outbound" ? "right-3" : "left-3",
      )}
    >
      <span className="sr-only">Reactions: </span>
      {reactions.map(({ from, emoji }) => (
        <span key={from ?? "ours"}>{emoji}</span>
      ))}
    </p>
  );
}
