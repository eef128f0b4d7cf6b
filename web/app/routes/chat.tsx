import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Link, useActionData, useFetcher, useLoaderData } from "@remix-run/react";
import type { Chat } from "@roost/contract/chats";
import { ChevronLeft } from "lucide-react";
import { useEffect } from "react";
import { apiFor } from "../api.server.ts";
import { orThrow, requireMember } from "../auth.server.ts";
import { Avatar } from "../chats/chat-list.tsx";
import { chatTitle } from "../chats/chat-title.ts";
import { Composer } from "../chats/composer.tsx";
import { Conversation } from "../chats/conversation.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { formatPhone } from "../lib/phone.ts";
import { useIsVisible } from "../lib/use-is-visible.ts";
import { useLiveMessages } from "../live/use-live-messages.ts";
import { amendFromForm } from "../messages/amend.server.ts";
import { sendFromForm } from "../messages/send.server.ts";

const PAGE_SIZE = 50;

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) => [
  { title: `${loaded === undefined ? "Chat" : chatTitle(loaded.chat)} · Roost` },
];

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  const api = apiFor(request, context);
  const cursor = new URL(request.url).searchParams.get("cursor");
  const [chat, messages] = await Promise.all([
    api.getChat(id),
    api.listMessages({ chat: id }, { limit: PAGE_SIZE, cursor }),
  ]);
  return {
    chat: orThrow(chat, request),
    messages: orThrow(messages, request),
    isLatest: cursor === null,
    now: Date.now(),
    idempotencyKey: crypto.randomUUID(),
  };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  const { api } = await requireMember(request, context);
  const form = await request.formData();
  if (textOf(form, "intent") === "read") {
    // Whoever may only look leaves the chat unread for the others.
    await api.readChat(id);
    return null;
  }
  const changed = await amendFromForm(api, form);
  if (changed !== null)
    return changed.ok ? redirect(`/chats/${id}`) : refused(changed.problem, form);
  const chat = orThrow(await api.getChat(id), request);
  const to = chat.phone ?? chat.lid;
  if (to === null) throw data({ detail: "This chat has no address to answer to." }, 409);
  return sendFromForm(api, form, { account: chat.account, to });
}

export default function OneChat() {
  const { chat, messages, isLatest, now, idempotencyKey } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const shown = useLiveMessages(
    messages.data,
    PAGE_SIZE,
    (message) => isLatest && message.chat === chat.id,
  );
  useMarkRead(chat, isLatest);
  const title = chatTitle(chat);
  return (
    <section aria-label={`Chat with ${title}`} className="flex h-full min-h-0 flex-col">
      <header className="flex items-center gap-3 border-b border-border px-4 py-3">
        <Link
          to="/chats"
          aria-label="All chats"
          className="-ml-2 flex size-9 items-center justify-center rounded-lg hover:bg-muted md:hidden"
        >
          <ChevronLeft aria-hidden className="size-5" />
        </Link>
        <Avatar title={title} />
        <div className="min-w-0">
          <h2 className="truncate text-sm font-semibold">{title}</h2>
          <p className="truncate text-[0.8125rem] text-muted-foreground tabular-nums">
            {chat.phone === null || title === formatPhone(chat.phone)
              ? "On WhatsApp"
              : formatPhone(chat.phone)}
          </p>
        </div>
      </header>
      <Conversation
        key={chat.id}
        messages={shown}
        nextCursor={messages.next_cursor}
        isLatest={isLatest}
        now={now}
        refusal={refusalOf(answer, "edit") ?? refusalOf(answer, "revoke")}
      />
      <Composer key={`composer-${chat.id}`} answered={answer} idempotencyKey={idempotencyKey} />
    </section>
  );
}

/** Counts what arrived as read while somebody has it on the screen. */
function useMarkRead({ id, unread }: Chat, isLatest: boolean): void {
  const { submit } = useFetcher();
  const isVisible = useIsVisible();
  useEffect(() => {
    if (unread === 0 || !isLatest || !isVisible) return;
    submit({ intent: "read" }, { method: "post", action: `/chats/${id}` });
  }, [id, unread, isLatest, isVisible, submit]);
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
export { keepWhenUnreachable as clientAction } from "../reach.ts";
