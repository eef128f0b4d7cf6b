import { Link } from "@remix-run/react";
import type { MessageData } from "@roost/contract/events";
import { ArrowDownLeft, ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";
import { Ticks } from "../components/ticks.tsx";
import { Time } from "../components/time.tsx";
import { cn } from "../lib/cn.ts";
import { formatPhone } from "../lib/phone.ts";
import { contentOf } from "./content.ts";

/** Messages of an account, newest first, with where each of them is now and what can be done with it. */
export function MessageList<M extends MessageData>({
  messages,
  action,
}: {
  messages: readonly M[];
  action?: (message: M) => ReactNode;
}) {
  return (
    <ul aria-label="Messages" className="divide-y divide-border border-t border-border">
      {messages.map((message) => (
        <MessageRow key={message.id} message={message} action={action?.(message)} />
      ))}
    </ul>
  );
}

function MessageRow({ message, action }: { message: MessageData; action: ReactNode }) {
  const isInbound = message.direction === "inbound";
  const Arrow = isInbound ? ArrowDownLeft : ArrowUpRight;
  return (
    <li
      data-message={message.id}
      className={cn(
        "grid grid-cols-[1rem_minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 px-5 py-3 text-sm sm:grid-cols-[1rem_minmax(0,1fr)_8rem_6.5rem]",
        action !== undefined && "sm:grid-cols-[1rem_minmax(0,1fr)_7.5rem_6.5rem_7rem]",
      )}
    >
      <Arrow aria-hidden className="mt-0.5 size-4 text-muted-foreground" />
      <div className="min-w-0">
        <p className="truncate font-medium">
          <span className="sr-only">{isInbound ? "From " : "To "}</span>
          <Link to={`/chats/${message.chat}`} className="underline-offset-4 hover:underline">
            {personOf(message)}
          </Link>
        </p>
        <p className="line-clamp-2 text-muted-foreground [overflow-wrap:anywhere]">
          {contentOf(message)}
        </p>
        {message.error === null ? null : (
          <p className="mt-1 text-destructive">{message.error.detail}</p>
        )}
      </div>
      <p className="text-right text-[0.8125rem] text-muted-foreground sm:order-last">
        <Time at={message.created_at} />
      </p>
      <p className="col-start-2 text-[0.8125rem] sm:col-start-3 sm:text-sm">
        {isInbound ? (
          <span className="text-muted-foreground">Received</span>
        ) : (
          <Ticks state={message.state} hasLabel />
        )}
      </p>
      {action === undefined || action === null ? null : (
        <div className="col-start-2 mt-2 sm:order-last sm:col-start-5 sm:mt-0 sm:justify-self-end">
          {action}
        </div>
      )}
    </li>
  );
}

/** Whom we wrote to, or who wrote to us. */
function personOf(message: MessageData): string {
  const person = message.direction === "inbound" ? message.from : message.to;
  return person === null ? "Unknown" : formatPhone(person);
}
