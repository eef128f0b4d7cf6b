import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/cloudflare";
import { useActionData, useLoaderData, useOutletContext } from "@remix-run/react";
import type { Account } from "@roost/contract/accounts";
import { apiFor } from "../api.server.ts";
import { orThrow, requireMember } from "../auth.server.ts";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { counted } from "../lib/numbers.ts";
import { PHONE_SENTENCE } from "../lib/phone.ts";
import { useLiveEvents, useRefresh } from "../live/live-events.tsx";
import { BacklogCard } from "../queue/backlog-card.tsx";
import { ClearCard, type Matches } from "../queue/clear-card.tsx";
import { filterOf } from "../queue/filter-of-form.server.ts";
import { MessagesCard } from "../queue/messages-card.tsx";
import { toQueueState } from "../queue/queue-words.ts";
import { shownOf } from "../queue/shown.ts";
import { StateCard } from "../queue/state-card.tsx";
import { WaitingCard } from "../queue/waiting-card.tsx";

const PAGE_SIZE = 50;
const COUNT_EVERY_MS = 2_000;
const say = { to: PHONE_SENTENCE };
const fieldOf = { "filter.to": "to", "filter.client_reference": "client_reference" };

export const meta: MetaFunction = () => [{ title: "Account queue · Roost" }];

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  const api = apiFor(request, context);
  const shown = shownOf(new URL(request.url).searchParams);
  const of = { account: id, state: shown.state };
  const [queue, messages] = await Promise.all([
    api.getQueue(id),
    api.listMessages(of, { limit: PAGE_SIZE }),
  ]);
  return {
    shown,
    queue: orThrow(queue, request),
    messages: orThrow(messages, request),
    now: Date.now(),
  };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  const { api } = await requireMember(request, context);
  const form = await request.formData();
  const filter = filterOf(form, Date.now());
  switch (textOf(form, "intent")) {
    case "state": {
      const state = toQueueState(textOf(form, "state"));
      if (state === null) throw data({ detail: "A queue has no such state." }, 400);
      const set = await api.setQueue(id, state);
      return set.ok ? null : refused(set.problem, form);
    }
    case "count": {
      const found = await api.countQueue(id, filter);
      if (!found.ok) return refused(found.problem, form, { fieldOf, say });
      return { asked: { ...found.value, fields: fieldsOf(form) } satisfies Matches };
    }
    case "clear": {
      const cleared = await api.clearQueue(id, filter);
      if (!cleared.ok) return refused(cleared.problem, form, { fieldOf, say });
      return { cleared: clearedWords(cleared.value) };
    }
    case "retry": {
      const retried = await api.retryQueue(id, filter);
      return retried.ok ? { retried: retriedWords(retried.value) } : refused(retried.problem, form);
    }
    default:
      throw data({ detail: "This page has no such form." }, 400);
  }
}

export default function AccountQueue() {
  const { id } = useOutletContext<Account>();
  const { shown, queue, messages, now } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const refresh = useRefresh(COUNT_EVERY_MS);
  useLiveEvents((event) => {
    if (event.account === id && event.type.startsWith("message.")) refresh();
  });
  const { counts } = queue;
  return (
    <div className="space-y-6">
      <BacklogCard queue={queue} now={now} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <StateCard queue={queue} refusal={refusalOf(answer, "state")} />
        <WaitingCard queue={queue} />
      </div>
      <ClearCard
        asked={hasAsked(answer) ? answer.asked : null}
        refusal={refusalOf(answer, "count") ?? refusalOf(answer, "clear")}
        done={wordsIn(answer, "cleared")}
      />
      <MessagesCard
        shown={shown}
        messages={messages.data}
        hasMore={messages.next_cursor !== null}
        counts={counts}
        refusal={refusalOf(answer, "retry")}
        done={wordsIn(answer, "retried")}
      />
    </div>
  );
}

function hasAsked(answer: unknown): answer is { asked: Matches } {
  return typeof answer === "object" && answer !== null && "asked" in answer;
}

function wordsIn(answer: unknown, form: "cleared" | "retried"): string | null {
  if (typeof answer !== "object" || answer === null || !(form in answer)) return null;
  const words = (answer as Record<string, unknown>)[form];
  return typeof words === "string" ? words : null;
}

/** What the question that follows posts again. */
function fieldsOf(form: FormData): Record<string, string> {
  const names = ["state", "lane", "older_than", "to", "client_reference"];
  return Object.fromEntries(names.map((name) => [name, textOf(form, name)]));
}

function clearedWords({ cancelled, begun }: { cancelled: number; begun: number }): string {
  const did = `${counted(cancelled, "message")} cancelled.`;
  const words = did.charAt(0).toUpperCase() + did.slice(1);
  if (begun === 0) return words;
  return `${words} ${counted(begun, "more", "more")} had begun to go out and were left alone.`;
}

function retriedWords({ retried, refused }: { retried: number; refused: number }): string {
  if (retried === 0) return "None of them gets better by trying again.";
  const words = `${counted(retried, "message")} ${retried === 1 ? "is" : "are"} tried again.`;
  if (refused === 0) return words;
  return `${words} ${counted(refused, "more", "more")} would only fail again.`;
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
export { keepWhenUnreachable as clientAction } from "../reach.ts";
