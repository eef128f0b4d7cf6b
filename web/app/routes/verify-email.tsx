import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { apiFor } from "../api.server.ts";
import { Alert } from "../components/alert.tsx";
import { SubmitButton } from "../components/button.tsx";
import { ResendForm } from "../components/resend-form.tsx";
import { VisitorCard } from "../components/visitor-card.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { rememberedMail } from "../mail-cookie.server.ts";

export const meta: MetaFunction = () => [{ title: "Confirm your address · Roost" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get("token") ?? "";
  return { token, email: await rememberedMail(request) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const api = apiFor(request, context);
  const verified = await api.verifyEmail(textOf(form, "token"));
  if (!verified.ok) return refused(verified.problem, form);
  return redirect("/accounts", { headers: api.headers });
}

export default function VerifyEmail() {
  const { token, email } = useLoaderData<typeof loader>();
  const refusal = refusalOf(useActionData<typeof action>());
  const isPending = useNavigation().formAction?.startsWith("/verify-email") ?? false;

  if (token === "" || refusal !== null) {
    const isBadLink =
      refusal === null || ["token_invalid", "validation_failed"].includes(refusal.code);
    return (
      <VisitorCard
        title="This link does not work"
        description="Have a new mail sent, and open the link in that one."
      >
        <div className="space-y-5">
          <Alert tone="bad" isUrgent>
            {isBadLink
              ? "A link works once and not for long; this one was used, has expired or is not whole."
              : refusal.detail}
          </Alert>
          <ResendForm email={email} refusal={null} />
        </div>
      </VisitorCard>
    );
  }
  // A button, since mail scanners open every link that they see.
  return (
    <VisitorCard
      title="Confirm your address"
      description="One press, and your organisation is ready."
    >
      <Form method="post">
        <input type="hidden" name="token" value={token} />
        <SubmitButton className="w-full" isPending={isPending} pendingLabel="Confirming">
          Confirm and go on
        </SubmitButton>
      </Form>
    </VisitorCard>
  );
}

export { keepWhenUnreachable as clientAction } from "../reach.ts";
