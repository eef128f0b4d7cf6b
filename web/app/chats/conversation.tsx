import { Link } from "@remix-run/react";
import type { MessageData } from "@roost/contract/events";
import { Fragment } from "react";
import { Ticks } from "../components/ticks.tsx";
import { Time, useTimeZone } from "../components/time.tsx";
import { textLink } from "../components/visitor-card.tsx";
import { cn } from "../lib/cn.ts";
import { formatDay } from "../lib/times.ts";
import { contentOf } from "../messages/content.ts";

/** What was said, oldest first. Given newest first; stays at the bottom when something arrives. */
export function Conversation({
  messages,
  nextCursor,
  isLatest,
  now,
}: {
  messages: readonly MessageData[];
  nextCursor: string | null;
  isLatest: boolean;
  now: number;
}) {
  const timeZone = useTimeZone();
  const oldestFirst = messages.toReversed();
  const dayOf = (message: MessageData | undefined): string | null =>
    message === undefined ? null : formatDay(message.created_at, now, timeZone);
  return (
    // Reversed, so that browsers hold the scroll at the bottom; the one child keeps reading order.
    <section
      className="flex min-h-0 flex-1 flex-col-reverse overflow-y-auto bg-muted/40 px-4 py-4"
      // Scrollable without a mouse, too.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label="Messages"
    >
      <div>
        <nav aria-label="Other messages" className="flex justify-center gap-4 pb-3 text-sm">
          {nextCursor === null ? null : (
            <Link to={`?cursor=${encodeURIComponent(nextCursor)}`} className={textLink}>
              Older messages
            </Link>
          )}
          {isLatest ? null : (
            <Link to="?" className={textLink}>
              Latest messages
            </Link>
          )}
        </nav>
        <div role="log" aria-label="Conversation" className="space-y-1.5">
          {oldestFirst.map((message, index) => (
            <Fragment key={message.id}>
              {dayOf(message) === dayOf(oldestFirst[index - 1]) ? null : (
                <p className="py-2 text-center text-xs font-medium text-muted-foreground">
                  {dayOf(message)}
                </p>
              )}
              <Bubble message={message} />
            </Fragment>
          ))}
        </div>
      </div>
    </section>
  );
}

function Bubble({ message }: { message: MessageData }) {
  const isOurs = message.direction === "outbound";
  return (
    <div
      data-message={message.id}
      className={cn("flex flex-col", isOurs ? "items-end pl-10" : "items-start pr-10")}
    >
      <div
        className={cn(
          "max-w-[min(32rem,100%)] rounded-2xl px-3.5 py-2 text-sm shadow-xs",
          isOurs ? "rounded-br-md bg-bubble" : "rounded-bl-md border border-border bg-card",
        )}
      >
        <p
          className={cn(
            "whitespace-pre-wrap [overflow-wrap:anywhere]",
            message.text === undefined && "italic opacity-80",
          )}
        >
          <span className="sr-only">{isOurs ? "You: " : "They: "}</span>
          {contentOf(message)}
        </p>
        <p className="mt-0.5 flex items-center justify-end gap-1.5 text-[0.6875rem] text-muted-foreground">
          {message.origin === "phone" ? <span>from the phone</span> : null}
          {message.edited_at === null ? null : <span>edited</span>}
          <Time at={message.created_at} format="time" />
          <Ticks state={message.state} />
        </p>
      </div>
      {message.reactions.length === 0 ? null : (
        <p className="-mt-1.5 rounded-full border border-border bg-card px-2 text-sm">
          <span className="sr-only">Reactions: </span>
          {message.reactions.map(({ emoji }) => emoji).join(" ")}
        </p>
      )}
      {message.error === null ? null : (
        <p className="mt-1 max-w-[min(32rem,100%)] text-right text-[0.8125rem] text-destructive">
          {message.error.detail}
        </p>
      )}
    </div>
  );
}
