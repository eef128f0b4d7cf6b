import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { apiFor } from "../api.server.ts";
import { requireVisitor } from "../auth.server.ts";
import { Alert } from "../components/alert.tsx";
import { SubmitButton } from "../components/button.tsx";
import { Field, FormError } from "../components/form.tsx";
import { textLink, VisitorCard } from "../components/visitor-card.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { safeNextPath } from "../next-path.ts";

export const meta: MetaFunction = () => [{ title: "Log in · Roost" }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireVisitor(request, context);
  const search = new URL(request.url).searchParams;
  return { next: search.get("next"), isReset: search.has("reset") };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const api = apiFor(request, context);
  const loggedIn = await api.logIn({
    email: textOf(form, "email"),
    password: textOf(form, "password"),
  });
  if (!loggedIn.ok) return refused(loggedIn.problem, form);
  return redirect(safeNextPath(textOf(form, "next")), { headers: api.headers });
}

export default function Login() {
  const { next, isReset } = useLoaderData<typeof loader>();
  const refusal = refusalOf(useActionData<typeof action>());
  const isPending = useNavigation().state !== "idle";
  return (
    <VisitorCard
      title="Log in"
      footer={
        <>
          New here?{" "}
          <Link to="/sign-up" className={textLink}>
            Sign up
          </Link>
        </>
      }
    >
      <Form method="post" className="space-y-5">
        {isReset && refusal === null ? (
          <Alert tone="good">Your password is changed. Log in with the new one.</Alert>
        ) : null}
        {next !== null && refusal === null ? (
          <Alert tone="info">Log in to see that page.</Alert>
        ) : null}
        <FormError refusal={refusal} />
        {refusal?.code === "forbidden" ? (
          <p className="text-sm">
            <Link to="/check-mail" className={textLink}>
              Have the mail sent again
            </Link>
          </p>
        ) : null}
        <input type="hidden" name="next" value={next ?? ""} />
        <Field
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          required
          refusal={refusal}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          refusal={refusal}
        />
        <SubmitButton className="w-full" isPending={isPending} pendingLabel="Logging in">
          Log in
        </SubmitButton>
        <p className="text-center text-sm">
          <Link to="/forgot-password" className={textLink}>
            Forgot your password?
          </Link>
        </p>
      </Form>
    </VisitorCard>
  );
}

export { keepWhenUnreachable as clientAction } from "../reach.ts";
