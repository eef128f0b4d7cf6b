import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { apiFor } from "../api.server.ts";
import { Alert } from "../components/alert.tsx";
import { Button, SubmitButton } from "../components/button.tsx";
import { Field, FormError } from "../components/form.tsx";
import { VisitorCard } from "../components/visitor-card.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";

export const meta: MetaFunction = () => [{ title: "New password · Roost" }];

export function loader({ request }: LoaderFunctionArgs) {
  return { token: new URL(request.url).searchParams.get("token") ?? "" };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const api = apiFor(request, context);
  const reset = await api.resetPassword(textOf(form, "token"), textOf(form, "password"));
  if (!reset.ok) return refused(reset.problem, form);
  return redirect("/login?reset", { headers: api.headers });
}

export default function ResetPassword() {
  const { token } = useLoaderData<typeof loader>();
  const refusal = refusalOf(useActionData<typeof action>());
  const isPending = useNavigation().state !== "idle";
  const isBadLink =
    token === "" || refusal?.code === "token_invalid" || refusal?.fields.token !== undefined;

  if (isBadLink) {
    return (
      <VisitorCard title="This link does not work">
        <div className="space-y-5">
          <Alert tone="bad" isUrgent>
            A link works once and not for long; this one was used, has expired or is not whole.
          </Alert>
          <Button asChild className="w-full">
            <Link to="/forgot-password">Ask for a new link</Link>
          </Button>
        </div>
      </VisitorCard>
    );
  }
  return (
    <VisitorCard
      title="Choose a new password"
      description="Everybody who is signed in as you, also on other devices, is signed out."
    >
      <Form method="post" className="space-y-5">
        <FormError refusal={refusal} />
        <input type="hidden" name="token" value={token} />
        <Field
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="At least 10 characters. A few words in a row are good."
          required
          minLength={10}
          maxLength={200}
          refusal={refusal}
        />
        <SubmitButton className="w-full" isPending={isPending} pendingLabel="Saving">
          Save the password
        </SubmitButton>
      </Form>
    </VisitorCard>
  );
}

export { keepWhenUnreachable as clientAction } from "../reach.ts";
