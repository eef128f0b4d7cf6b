import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useNavigation } from "@remix-run/react";
import { apiFor } from "../api.server.ts";
import { requireVisitor } from "../auth.server.ts";
import { SubmitButton } from "../components/button.tsx";
import { Field, FormError } from "../components/form.tsx";
import { textLink, VisitorCard } from "../components/visitor-card.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { rememberMail } from "../mail-cookie.server.ts";

export const meta: MetaFunction = () => [{ title: "Sign up · Roost" }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireVisitor(request, context);
  return null;
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const email = textOf(form, "email");
  const signedUp = await apiFor(request, context).signUp({
    email,
    password: textOf(form, "password"),
    organisation: textOf(form, "organisation"),
  });
  if (!signedUp.ok) return refused(signedUp.problem, form);
  return redirect("/check-mail", { headers: { "set-cookie": await rememberMail(email) } });
}

export default function SignUp() {
  const refusal = refusalOf(useActionData<typeof action>());
  const isPending = useNavigation().state !== "idle";
  return (
    <VisitorCard
      title="Create your organisation"
      description="You become its owner. We send one mail to see that the address is yours."
      footer={
        <>
          You have signed up already?{" "}
          <Link to="/login" className={textLink}>
            Log in
          </Link>
        </>
      }
    >
      <Form method="post" className="space-y-5">
        <FormError refusal={refusal} />
        <Field
          label="Organisation"
          name="organisation"
          autoComplete="organization"
          required
          maxLength={80}
          refusal={refusal}
        />
        <Field
          label="Email"
          name="email"
          type="email"
          autoComplete="email"
          required
          refusal={refusal}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="At least 10 characters. A few words in a row are good."
          required
          minLength={10}
          maxLength={200}
          refusal={refusal}
        />
        <SubmitButton className="w-full" isPending={isPending} pendingLabel="Signing up">
          Sign up
        </SubmitButton>
      </Form>
    </VisitorCard>
  );
}

export { keepWhenUnreachable as clientAction } from "../reach.ts";
