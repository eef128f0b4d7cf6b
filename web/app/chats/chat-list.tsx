import { NavLink, useParams } from "@remix-run/react";
import type { Account } from "@roost/contract/accounts";
import type { Chat } from "@roost/contract/chats";
import { Ticks } from "../components/ticks.tsx";
import { useTimeZone } from "../components/time.tsx";
import { cn } from "../lib/cn.ts";
import { formatDay, formatTime } from "../lib/times.ts";
import { chatTitle, initialsOf } from "./chat-title.ts";

/** Conversations, the latest first, with what was said last. */
export function ChatList({
  chats,
  failed,
  accounts,
  now,
}: {
  chats: readonly Chat[];
  /** Messages that were not sent, by id. */
  failed: readonly string[];
  accounts: readonly Account[];
  now: number;
}) {
  // With one account, its name beside each chat would say nothing.
  const names = new Map(accounts.length > 1 ? accounts.map(({ id, name }) => [id, name]) : []);
  return (
    <ul aria-label="Chats" className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
      {chats.map((chat) => (
        <li key={chat.id}>
          <ChatRow
            chat={chat}
            hasFailed={failed.includes(chat.last_message?.id ?? "")}
            accountName={names.get(chat.account) ?? null}
            now={now}
          />
        </li>
      ))}
    </ul>
  );
}

function ChatRow({
  chat,
  hasFailed,
  accountName,
  now,
}: {
  chat: Chat;
  hasFailed: boolean;
  accountName: string | null;
  now: number;
}) {
  const title = chatTitle(chat);
  const last = chat.last_message;
  // What is on the screen is being read.
  const unread = useParams().id === chat.id ? 0 : chat.unread;
  return (
    <NavLink
      to={`/chats/${chat.id}`}
      className={({ isActive }) =>
        cn(
          "flex items-center gap-3 rounded-lg px-3 py-2.5 -outline-offset-2 hover:bg-muted",
          isActive && "bg-accent hover:bg-accent",
        )
      }
    >
      <Avatar title={title} />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline justify-between gap-2">
          <span className="truncate text-sm font-medium">{title}</span>
          {last === null ? null : <When at={last.at} now={now} />}
        </span>
        <span className="flex items-center justify-between gap-2">
          {hasFailed ? <Ticks state="failed" /> : null}
          <span className="min-w-0 flex-1 truncate text-[0.8125rem] text-muted-foreground">
            {last?.direction === "outbound" ? "You: " : null}
            {last?.preview ?? "No messages yet"}
          </span>
          {unread === 0 ? null : (
            <span className="flex h-5 min-w-5 shrink-0 items-center justify-center rounded-full bg-primary px-1.5 text-[0.6875rem] font-semibold text-primary-foreground tabular-nums">
              {unread}
              <span className="sr-only"> unread</span>
            </span>
          )}
        </span>
        {accountName === null ? null : (
          <span className="block truncate text-xs text-muted-foreground">{accountName}</span>
        )}
      </span>
    </NavLink>
  );
}

/** Today by the hour, earlier by the day. */
function When({ at, now }: { at: string; now: number }) {
  const timeZone = useTimeZone();
  const day = formatDay(at, now, timeZone);
  return (
    <time dateTime={at} className="shrink-0 text-xs text-muted-foreground tabular-nums">
      {day === "Today" ? formatTime(at, "time", timeZone) : day.replace(/ \d{4}$/, "")}
    </time>
  );
}

export function Avatar({ title }: { title: string }) {
  return (
    <span
      aria-hidden
      className="flex size-10 shrink-0 items-center justify-center rounded-full bg-muted text-sm font-medium text-muted-foreground"
    >
      {initialsOf(title)}
    </span>
  );
}
