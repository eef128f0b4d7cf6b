import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import {
  Form,
  useActionData,
  useLoaderData,
  useNavigation,
  useOutletContext,
} from "@remix-run/react";
import type { Account } from "@roost/contract/accounts";
import { Deed } from "../accounts/deed.tsx";
import { RenameCard } from "../accounts/rename-card.tsx";
import { apiFor } from "../api.server.ts";
import { orThrow, requireMember } from "../auth.server.ts";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { LimitsCard } from "../limits/limits-card.tsx";
import { fieldOf, limitsOf, say } from "../limits/limits-of-form.server.ts";
import { zonesWith } from "../limits/zones.server.ts";
import { zoneOf } from "../theme.ts";

export const meta: MetaFunction = () => [{ title: "Account settings · Roost" }];

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  const limits = orThrow(await apiFor(request, context).getLimits(id), request);
  const chosen = limits.quiet_hours?.time_zone ?? "UTC";
  return { limits, zones: zonesWith([zoneOf(request), chosen]) };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  const { api } = await requireMember(request, context);
  const form = await request.formData();
  switch (textOf(form, "intent")) {
    case "rename": {
      const renamed = await api.renameAccount(id, textOf(form, "name"));
      return renamed.ok ? { renamed: "The name is saved." } : refused(renamed.problem, form);
    }
    case "limits": {
      const limited = await api.setLimits(id, limitsOf(form));
      if (limited.ok) return { limited: "The limits are saved, and hold from now on." };
      return refused(limited.problem, form, { fieldOf, say });
    }
    case "restart": {
      const restarted = await api.restartAccount(id);
      return restarted.ok ? redirect(`/accounts/${id}`) : refused(restarted.problem, form);
    }
    case "unlink": {
      const unlinked = await api.unlinkAccount(id);
      return unlinked.ok ? redirect(`/accounts/${id}`) : refused(unlinked.problem, form);
    }
    case "reset": {
      const reset = await api.resetAccount(id);
      return reset.ok ? redirect(`/accounts/${id}`) : refused(reset.problem, form);
    }
    case "delete": {
      const deleted = await api.deleteAccount(id);
      return deleted.ok ? redirect("/accounts") : refused(deleted.problem, form);
    }
    default:
      throw data({ detail: "This page has no such form." }, 400);
  }
}

export default function AccountSettings() {
  const account = useOutletContext<Account>();
  const { limits, zones } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isRestarting = useNavigation().formData?.get("intent") === "restart";
  const isLinked = account.phone !== null && account.state !== "unlinked";
  return (
    <div className="max-w-2xl space-y-6">
      <RenameCard
        account={account}
        refusal={refusalOf(answer, "rename")}
        done={said(answer, "renamed")}
      />
      <LimitsCard
        limits={limits}
        zones={zones}
        refusal={refusalOf(answer, "limits")}
        done={said(answer, "limited")}
      />
      <Card aria-labelledby="connection">
        <CardHeader id="connection" title="Connection" />
        <CardBody className="divide-y divide-border">
          <Deed
            title="Restart"
            text="Closes the connection to WhatsApp and opens it anew. Nothing is lost."
            refusal={refusalOf(answer, "restart")?.detail}
          >
            <Form method="post">
              <input type="hidden" name="intent" value="restart" />
              <SubmitButton variant="outline" isPending={isRestarting} pendingLabel="Restarting">
                Restart
              </SubmitButton>
            </Form>
          </Deed>
          {isLinked ? (
            <Deed
              title="Unlink the phone"
              text="Removes Roost from the phone's linked devices. To send again, a phone must be linked."
              refusal={refusalOf(answer, "unlink")?.detail}
            >
              <ConfirmDialog
                name="unlink"
                trigger="Unlink"
                title={`Unlink the phone of “${account.name}”?`}
                confirm="Unlink"
                pendingLabel="Unlinking"
                fields={{ intent: "unlink" }}
              >
                Messages that wait stay where they are and go out once a phone is linked again.
              </ConfirmDialog>
            </Deed>
          ) : null}
          <Deed
            title="Reset"
            text="Throws the stored session away, for when WhatsApp no longer accepts it."
            refusal={refusalOf(answer, "reset")?.detail}
          >
            <ConfirmDialog
              name="reset"
              trigger="Reset"
              title={`Reset “${account.name}”?`}
              confirm="Reset"
              pendingLabel="Resetting"
              fields={{ intent: "reset" }}
            >
              The phone must be linked again afterwards. Messages and chats stay.
            </ConfirmDialog>
          </Deed>
        </CardBody>
      </Card>
      <Card aria-labelledby="delete" className="border-destructive/35">
        <CardHeader id="delete" title="Delete" />
        <CardBody>
          <Deed
            title="Delete this account"
            text="The account, its messages and its chats are gone for good."
            refusal={refusalOf(answer, "delete")?.detail}
          >
            <ConfirmDialog
              name="delete"
              trigger="Delete account"
              title={`Delete “${account.name}”?`}
              confirm="Delete for good"
              pendingLabel="Deleting"
              fields={{ intent: "delete" }}
            >
              Its phone is unlinked, and its messages and chats are deleted. This cannot be undone.
            </ConfirmDialog>
          </Deed>
        </CardBody>
      </Card>
    </div>
  );
}

/** What the form of that name had to say, if it was the one that was sent. */
function said(answer: unknown, form: "renamed" | "limited"): string | null {
  if (typeof answer !== "object" || answer === null || !(form in answer)) return null;
  const words = (answer as Record<string, unknown>)[form];
  return typeof words === "string" ? words : null;
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
export { keepWhenUnreachable as clientAction } from "../reach.ts";
