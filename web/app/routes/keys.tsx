import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import type { Key } from "@roost/contract/keys";
import { KeyRound, Plus } from "lucide-react";
import { apiFor } from "../api.server.ts";
import { orThrow, requireMember } from "../auth.server.ts";
import { Alert } from "../components/alert.tsx";
import { PageBody } from "../components/app-shell.tsx";
import { Badge } from "../components/badge.tsx";
import { Button } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { PageLinks } from "../components/page-links.tsx";
import { Time } from "../components/time.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";

export const meta: MetaFunction = () => [{ title: "API keys · Roost" }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get("cursor");
  const page = orThrow(await apiFor(request, context).listKeys({ cursor }), request);
  return { ...page, isFirst: cursor === null, now: Date.now() };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { api } = await requireMember(request, context);
  const form = await request.formData();
  const revoked = await api.revokeKey(textOf(form, "key"));
  return revoked.ok ? redirect("/keys") : refused(revoked.problem, form);
}

export default function Keys() {
  const { data: keys, next_cursor, isFirst, now } = useLoaderData<typeof loader>();
  const refusal = refusalOf(useActionData<typeof action>(), "revoke");
  const create = (
    <Button asChild>
      <Link to="/keys/new">
        <Plus aria-hidden />
        Create a key
      </Link>
    </Button>
  );
  const isEmpty = keys.length === 0 && isFirst;
  return (
    <PageBody>
      <PageHeader
        title="API keys"
        description="What your programs show to Roost. Each key may do only what you tick for it."
        action={isEmpty ? undefined : create}
      />
      <div className="space-y-6">
        {refusal === null ? null : (
          <Alert tone="bad" isUrgent>
            {refusal.detail}
          </Alert>
        )}
        <Card>
          {isEmpty ? (
            <EmptyState icon={KeyRound} title="No key yet" action={create}>
              A key lets a program of yours send messages and read what happened to them. Create one
              and keep it where the program can read it.
            </EmptyState>
          ) : (
            <ul aria-label="API keys" className="divide-y divide-border">
              {keys.map((key) => (
                <KeyRow key={key.id} apiKey={key} now={now} />
              ))}
            </ul>
          )}
        </Card>
        <PageLinks nextCursor={next_cursor} isFirst={isFirst} what="keys" />
      </div>
    </PageBody>
  );
}

function KeyRow({ apiKey, now }: { apiKey: Key; now: number }) {
  const isExpired = apiKey.expires_at !== null && Date.parse(apiKey.expires_at) <= now;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-5 py-4">
      <div className="min-w-0 flex-1 basis-64 space-y-1">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-medium [overflow-wrap:anywhere]">{apiKey.name}</span>
          <code className="text-[0.8125rem] text-muted-foreground">rk_…{apiKey.hint}</code>
        </p>
        <p className="text-[0.8125rem] text-pretty text-muted-foreground">
          {apiKey.scopes.join(", ")}
          {apiKey.accounts === null ? null : `; only ${countOf(apiKey.accounts.length, "account")}`}
        </p>
        <p className="flex flex-wrap gap-x-4 text-[0.8125rem] text-muted-foreground">
          <span>
            Created <Time at={apiKey.created_at} format="day" />
          </span>
          <span>
            {apiKey.last_used_at === null ? (
              "Never used"
            ) : (
              <>
                Last used <Time at={apiKey.last_used_at} />
              </>
            )}
          </span>
          {apiKey.expires_at === null ? null : (
            <span>
              {isExpired ? "Expired" : "Expires"} <Time at={apiKey.expires_at} format="day" />
            </span>
          )}
        </p>
      </div>
      {apiKey.revoked_at === null ? (
        <ConfirmDialog
          name={apiKey.id}
          trigger="Revoke"
          title={`Revoke “${apiKey.name}”?`}
          confirm="Revoke for good"
          pendingLabel="Revoking"
          fields={{ intent: "revoke", key: apiKey.id }}
        >
          Programs that use it are refused within a minute. This cannot be undone.
        </ConfirmDialog>
      ) : (
        <Badge tone="quiet">Revoked</Badge>
      )}
    </li>
  );
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
export { keepWhenUnreachable as clientAction } from "../reach.ts";
