import type { ActionFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Form, Link, useActionData, useNavigation } from "@remix-run/react";
import { apiFor } from "../api.server.ts";
import { Alert } from "../components/alert.tsx";
import { SubmitButton } from "../components/button.tsx";
import { Field, FormError } from "../components/form.tsx";
import { textLink, VisitorCard } from "../components/visitor-card.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";

export const meta: MetaFunction = () => [{ title: "Forgotten password · Roost" }];

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const asked = await apiFor(request, context).requestReset(textOf(form, "email"));
  if (!asked.ok) return refused(asked.problem, form);
  return { detail: asked.value.detail };
}

export default function ForgotPassword() {
  const answer = useActionData<typeof action>();
  const refusal = refusalOf(answer);
  const isPending = useNavigation().state !== "idle";
  return (
    <VisitorCard
      title="Choose a new password"
      description="Say your address, and we send a link that lets you choose one."
      footer={
        <Link to="/login" className={textLink}>
          Back to the login
        </Link>
      }
    >
      <Form method="post" className="space-y-5">
        {answer !== undefined && "detail" in answer ? (
          <Alert tone="good" isUrgent>
            {answer.detail}
          </Alert>
        ) : null}
        <FormError refusal={refusal} />
        <Field
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          required
          refusal={refusal}
        />
        <SubmitButton className="w-full" isPending={isPending} pendingLabel="Sending">
          Send the link
        </SubmitButton>
      </Form>
    </VisitorCard>
  );
}

export { keepWhenUnreachable as clientAction } from "../reach.ts";
