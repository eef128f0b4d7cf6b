import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import type { Account } from "@roost/contract/accounts";
import { ChevronRight, Plus, Smartphone } from "lucide-react";
import { apiFor } from "../api.server.ts";
import { orThrow, requireMember } from "../auth.server.ts";
import { PageBody } from "../components/app-shell.tsx";
import { AccountBadge } from "../components/badge.tsx";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Field, FormError } from "../components/form.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { PageLinks } from "../components/page-links.tsx";
import { type FormRefusal, refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { formatPhone } from "../lib/phone.ts";
import { useLiveAccount } from "../live/use-live-account.ts";

/** A health below this is worth a look. */
const WORTH_SAYING = 80;

export const meta: MetaFunction = () => [{ title: "Accounts · Roost" }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get("cursor");
  const page = orThrow(await apiFor(request, context).listAccounts({ cursor }), request);
  return { ...page, isFirst: cursor === null, idempotencyKey: crypto.randomUUID() };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { api } = await requireMember(request, context);
  const form = await request.formData();
  const key = textOf(form, "idempotency_key") || crypto.randomUUID();
  const created = await api.createAccount(textOf(form, "name"), key);
  if (!created.ok) return refused(created.problem, form);
  return redirect(`/accounts/${created.value.id}`);
}

export default function Accounts() {
  const { data: accounts, next_cursor, isFirst, idempotencyKey } = useLoaderData<typeof loader>();
  const refusal = refusalOf(useActionData<typeof action>());
  const isEmpty = accounts.length === 0 && isFirst;
  return (
    <PageBody>
      <PageHeader
        title="Accounts"
        description="Each account is one WhatsApp number that sends and receives through Roost."
      />
      <div className="space-y-6">
        <Card>
          {isEmpty ? (
            <EmptyState icon={Smartphone} title="No account yet">
              Give your first account a name below. Then you link a phone to it by scanning a QR
              code, and it can send.
            </EmptyState>
          ) : (
            <ul aria-label="Accounts" className="divide-y divide-border">
              {accounts.map((account) => (
                <AccountRow key={account.id} listed={account} />
              ))}
            </ul>
          )}
        </Card>
        <PageLinks nextCursor={next_cursor} isFirst={isFirst} what="accounts" />
        <NewAccount refusal={refusal} idempotencyKey={idempotencyKey} isFirst={isEmpty} />
      </div>
    </PageBody>
  );
}

function AccountRow({ listed }: { listed: Account }) {
  const account = useLiveAccount(listed);
  return (
    <li className="relative flex items-center gap-4 px-5 py-4 transition-colors hover:bg-muted/60">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          <Link to={`/accounts/${account.id}`} className="after:absolute after:inset-0">
            {account.name}
          </Link>
        </p>
        <p className="truncate text-sm text-muted-foreground tabular-nums">
          {account.phone === null ? "No phone linked" : formatPhone(account.phone)}
          {account.queue_state === "active" ? null : ` · queue ${account.queue_state}`}
          {account.health >= WORTH_SAYING ? null : ` · health ${account.health}`}
        </p>
      </div>
      <AccountBadge state={account.state} />
      <ChevronRight aria-hidden className="size-4 text-muted-foreground" />
    </li>
  );
}

function NewAccount({
  refusal,
  idempotencyKey,
  isFirst,
}: {
  refusal: FormRefusal | null;
  idempotencyKey: string;
  isFirst: boolean;
}) {
  const isPending = useNavigation().formAction === "/accounts";
  return (
    <Card aria-labelledby="new-account">
      <CardHeader
        id="new-account"
        title={isFirst ? "Create your first account" : "Add an account"}
        description="The name is for you; nobody on WhatsApp sees it."
      />
      <CardBody>
        <Form method="post" className="space-y-4">
          <FormError refusal={refusal} />
          <input type="hidden" name="idempotency_key" value={idempotencyKey} />
          <div className="flex flex-wrap items-end gap-3">
            <div className="min-w-52 flex-1 sm:max-w-xs">
              <Field
                label="Name"
                name="name"
                placeholder="Support"
                autoComplete="off"
                required
                maxLength={80}
                refusal={refusal}
              />
            </div>
            <SubmitButton isPending={isPending} pendingLabel="Creating">
              <Plus aria-hidden />
              Create account
            </SubmitButton>
          </div>
        </Form>
      </CardBody>
    </Card>
  );
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
export { keepWhenUnreachable as clientAction } from "../reach.ts";
