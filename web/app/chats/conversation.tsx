import { Link } from "@remix-run/react";
import type { MessageData } from "@roost/contract/events";
import { Fragment } from "react";
import { useTimeZone } from "../components/time.tsx";
import { textLink } from "../components/visitor-card.tsx";
import { formatDay } from "../lib/times.ts";
import type { FormRefusal } from "../forms.ts";
import { Bubble } from "./bubble.tsx";

/** What was said, oldest first. Given newest first; stays at the bottom when something arrives. */
export function Conversation({
  messages,
  nextCursor,
  isLatest,
  now,
  refusal,
}: {
  messages: readonly MessageData[];
  nextCursor: string | null;
  isLatest: boolean;
  now: number;
  /** Why a change of a message was refused. */
  refusal: FormRefusal | null;
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
              <Bubble message={message} refusal={refusal} />
            </Fragment>
          ))}
        </div>
      </div>
    </section>
  );
}
