import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/cloudflare";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { apiFor } from "../api.server.ts";
import { Alert } from "../components/alert.tsx";
import { ResendForm } from "../components/resend-form.tsx";
import { textLink, VisitorCard } from "../components/visitor-card.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { rememberedMail, rememberMail } from "../mail-cookie.server.ts";

export const meta: MetaFunction = () => [{ title: "Check your mail · Roost" }];

export async function loader({ request }: LoaderFunctionArgs) {
  return { email: await rememberedMail(request) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const email = textOf(form, "email");
  const resent = await apiFor(request, context).resendVerification(email);
  if (!resent.ok) return refused(resent.problem, form);
  const headers = { "set-cookie": await rememberMail(email) };
  return data({ detail: resent.value.detail }, { headers });
}

export default function CheckMail() {
  const { email } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <VisitorCard
      title={email === null ? "Confirm your address" : "Check your mail"}
      description={
        email === null
          ? "Say your address, and the mail with the link comes again."
          : `We have sent a mail to ${email}. Open the link in it to go on.`
      }
      footer={
        <>
          Done already?{" "}
          <Link to="/login" className={textLink}>
            Log in
          </Link>
        </>
      }
    >
      <div className="space-y-5">
        {answer !== undefined && "detail" in answer ? (
          <Alert tone="good" isUrgent>
            {answer.detail}
          </Alert>
        ) : null}
        {email === null ? null : (
          <p className="text-sm text-pretty text-muted-foreground">
            Nothing there after a minute? Look into the folder for unwanted mail, or have it sent
            again.
          </p>
        )}
        <ResendForm email={email} refusal={refusalOf(answer)} />
      </div>
    </VisitorCard>
  );
}

export { keepWhenUnreachable as clientAction } from "../reach.ts";
