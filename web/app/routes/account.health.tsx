import { data, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData, useOutletContext } from "@remix-run/react";
import type { Account } from "@roost/contract/accounts";
import { apiFor } from "../api.server.ts";
import { orThrow } from "../auth.server.ts";
import { drawScore } from "../health/draw-score.server.ts";
import { NewChatsCard } from "../health/new-chats-card.tsx";
import { PlanCard } from "../health/plan-card.tsx";
import { QuotaCard } from "../health/quota-card.tsx";
import { ScoreCard } from "../health/score-card.tsx";
import { scoreHistory } from "../health/score-history.ts";
import { spanOf } from "../health/spans.ts";
import { WhatsAppCard } from "../health/whatsapp-card.tsx";
import { useLiveEvents, useRefresh } from "../live/live-events.tsx";
import { zoneOf } from "../theme.ts";

/** Each message moves a window; nobody reads faster. */
const COUNT_EVERY_MS = 3_000;

export const meta: MetaFunction = () => [{ title: "Account health · Roost" }];

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  const api = apiFor(request, context);
  const days = spanOf(new URL(request.url).searchParams);
  // All that is kept: what the score was before the span is in it, too.
  const [account, answered, kept] = await Promise.all([
    api.getAccount(id),
    api.getHealth(id),
    api.getHealthHistory(id),
  ]);
  const health = orThrow(answered, request);
  const now = Date.now();
  const createdAt = Date.parse(orThrow(account, request).created_at);
  const { span, changes } = scoreHistory(orThrow(kept, request).data, createdAt, days, now);
  return { health, days, now, drawing: drawScore(changes, health.score, span, zoneOf(request)) };
}

export default function AccountHealth() {
  const account = useOutletContext<Account>();
  const { health, drawing, days, now } = useLoaderData<typeof loader>();
  const refresh = useRefresh(COUNT_EVERY_MS);
  useLiveEvents((event) => {
    if (event.account === account.id) refresh();
  });
  return (
    <div className="space-y-6">
      <ScoreCard account={account} health={health} drawing={drawing} days={days} />
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_22rem]">
        <div className="space-y-6">
          <QuotaCard health={health} />
          <PlanCard health={health} />
        </div>
        <div className="space-y-6">
          <NewChatsCard health={health} />
          <WhatsAppCard health={health} now={now} />
        </div>
      </div>
    </div>
  );
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
