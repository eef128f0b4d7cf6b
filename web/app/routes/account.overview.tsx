import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  redirect,
} from "@remix-run/cloudflare";
import { Link, useActionData, useLoaderData, useOutletContext } from "@remix-run/react";
import type { Account, StartLink } from "@roost/contract/accounts";
import { MessageSquareText } from "lucide-react";
import { apiFor } from "../api.server.ts";
import { orThrow, requireMember } from "../auth.server.ts";
import { AccountStatus } from "../components/account-status.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { PageLinks } from "../components/page-links.tsx";
import { textLink } from "../components/visitor-card.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { barePhone, PHONE_SENTENCE } from "../lib/phone.ts";
import { isWaiting, LinkPanel } from "../linking/link-panel.tsx";
import { useLiveEvents, useRefresh } from "../live/live-events.tsx";
import { useLiveMessages } from "../live/use-live-messages.ts";
import { MessageList } from "../messages/message-list.tsx";
import { SendBox } from "../messages/send-box.tsx";
import { sendFromForm } from "../messages/send.server.ts";

const PAGE_SIZE = 25;
const COUNT_EVERY_MS = 3_000;

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  const api = apiFor(request, context);
  const cursor = new URL(request.url).searchParams.get("cursor");
  const [link, health, queue, messages] = await Promise.all([
    api.getLink(id),
    api.getHealth(id),
    api.getQueue(id),
    api.listMessages({ account: id }, { limit: PAGE_SIZE, cursor }),
  ]);
  return {
    // No attempt so far is an answer too.
    attempt: link.ok ? link.value : null,
    health: orThrow(health, request),
    queue: orThrow(queue, request),
    messages: orThrow(messages, request),
    isFirst: cursor === null,
    now: Date.now(),
    idempotencyKey: crypto.randomUUID(),
  };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  const { api } = await requireMember(request, context);
  const form = await request.formData();
  switch (textOf(form, "intent")) {
    case "link": {
      const method: StartLink["method"] = textOf(form, "method") === "code" ? "code" : "qr";
      const phone = barePhone(textOf(form, "phone"));
      const started = await api.startLink(id, method === "qr" ? { method } : { method, phone });
      if (started.ok) return redirect(`/accounts/${id}`);
      return refused(started.problem, form, { say: { phone: PHONE_SENTENCE } });
    }
    case "cancel-link": {
      const cancelled = await api.unlinkAccount(id);
      return cancelled.ok ? redirect(`/accounts/${id}`) : refused(cancelled.problem, form);
    }
    case "queue": {
      const set = await api.setQueue(id, textOf(form, "state") === "paused" ? "paused" : "active");
      return set.ok ? redirect(`/accounts/${id}`) : refused(set.problem, form);
    }
    case "send":
      return sendFromForm(api, form, { account: id, to: textOf(form, "to") });
    default:
      throw data({ detail: "This page has no such form." }, 400);
  }
}

export default function AccountOverview() {
  const account = useOutletContext<Account>();
  const loaded = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const messages = useLiveMessages(
    loaded.messages.data,
    PAGE_SIZE,
    (message) => loaded.isFirst && message.account === account.id,
  );
  const refresh = useRefresh(COUNT_EVERY_MS);
  useLiveEvents((event) => {
    // What waits and how much of the limits is used changes with each message.
    if (event.account === account.id && event.type.startsWith("message.")) refresh();
  });
  const isLinking = loaded.attempt !== null && isWaiting(loaded.attempt);
  const needsPhone = isLinking || ["unlinked", "linking", "logged_out"].includes(account.state);

  return (
    <div className="space-y-6">
      {needsPhone ? (
        <LinkPanel
          account={account}
          attempt={loaded.attempt}
          now={loaded.now}
          refusal={refusalOf(answer, "link")}
        />
      ) : (
        <div className="grid gap-6 lg:grid-cols-[1fr_20rem]">
          <Card aria-labelledby="send-title">
            <CardHeader id="send-title" title="Send a message" />
            <CardBody>
              <SendBox answered={answer} idempotencyKey={loaded.idempotencyKey} />
            </CardBody>
          </Card>
          <AccountStatus
            account={account}
            health={loaded.health}
            queue={loaded.queue}
            refusal={refusalOf(answer, "queue")}
          />
        </div>
      )}
      {needsPhone && messages.length === 0 ? null : (
        <Card aria-labelledby="messages-title" className="overflow-hidden">
          <CardHeader id="messages-title" title="Messages" />
          {messages.length === 0 ? (
            <EmptyState icon={MessageSquareText} title="Nothing sent or received yet">
              Send one above, or from your own program with an{" "}
              <Link to="/keys" className={textLink}>
                API key
              </Link>
              . What people write to this number appears here too.
            </EmptyState>
          ) : (
            <MessageList messages={messages} />
          )}
        </Card>
      )}
      <PageLinks
        nextCursor={loaded.messages.next_cursor}
        isFirst={loaded.isFirst}
        what="messages"
      />
    </div>
  );
}

export { keepWhenUnreachable as clientAction } from "../reach.ts";
