import { Form, useNavigation } from "@remix-run/react";
import type { FormRefusal } from "../forms.ts";
import { SubmitButton } from "./button.tsx";
import { Field, FormError } from "./form.tsx";

/** Sends the mail with the verification link once more. */
export function ResendForm({
  email,
  refusal,
}: {
  email: string | null;
  refusal: FormRefusal | null;
}) {
  const navigation = useNavigation();
  return (
    <Form method="post" action="/check-mail" className="space-y-4">
      <FormError refusal={refusal} />
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete="email"
        defaultValue={email ?? undefined}
        required
        refusal={refusal}
      />
      <SubmitButton
        variant="outline"
        className="w-full"
        isPending={navigation.formAction === "/check-mail"}
        pendingLabel="Sending"
      >
        Send the mail again
      </SubmitButton>
    </Form>
  );
}
