import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/cloudflare";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import type { CreateKey } from "@roost/contract/keys";
import { ChevronLeft } from "lucide-react";
import { apiFor } from "../api.server.ts";
import { orThrow, requireMember } from "../auth.server.ts";
import { PageBody } from "../components/app-shell.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { KeyForm } from "../keys/key-form.tsx";
import { NewSecret } from "../keys/new-secret.tsx";
import { expiryOf, presetOf } from "../keys/presets.ts";

export const meta: MetaFunction = () => [{ title: "Create a key · Roost" }];

const NO_SCOPE = "Choose at least one thing the key may do.";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const accounts = await apiFor(request, context).listAccounts({ limit: 100 });
  const { searchParams, origin } = new URL(request.url);
  return {
    accounts: orThrow(accounts, request).data.map(({ id, name }) => ({ id, name })),
    preset: presetOf(searchParams.get("preset")).name,
    origin,
    idempotencyKey: crypto.randomUUID(),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { api } = await requireMember(request, context);
  const form = await request.formData();
  const accounts = form.getAll("accounts");
  // The API checks each of them; here they are only what was ticked.
  const body = {
    name: textOf(form, "name"),
    scopes: form.getAll("scopes") as CreateKey["scopes"],
    accounts: accounts.length === 0 ? null : (accounts as string[]),
    expires_at: expiryOf(textOf(form, "days"), Date.now()),
  };
  const key = textOf(form, "idempotency_key") || crypto.randomUUID();
  const created = await api.createKey(body, key);
  if (!created.ok) {
    const say = body.scopes.length === 0 ? { scopes: NO_SCOPE } : {};
    return refused(created.problem, form, { fieldOf: { scopes: "scopes" }, say });
  }
  return data({ created: created.value });
}

export default function NewKey() {
  const loaded = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const created = answer !== undefined && "created" in answer ? answer.created : null;
  return (
    <PageBody>
      <Link
        to="/keys"
        className="-ml-1 mb-3 inline-flex items-center gap-1 rounded text-sm text-muted-foreground hover:text-foreground"
      >
        <ChevronLeft aria-hidden className="size-4" />
        API keys
      </Link>
      {created === null ? (
        <>
          <PageHeader title="Create a key" />
          <KeyForm {...loaded} refusal={refusalOf(answer)} />
        </>
      ) : (
        <>
          <PageHeader title={`“${created.name}” is ready`} />
          <NewSecret created={created} origin={loaded.origin} account={loaded.accounts[0]} />
        </>
      )}
    </PageBody>
  );
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
export { keepWhenUnreachable as clientAction } from "../reach.ts";
