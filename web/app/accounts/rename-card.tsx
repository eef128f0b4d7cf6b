import { Form, useNavigation } from "@remix-run/react";
import type { Account } from "@roost/contract/accounts";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { Field, FormError } from "../components/form.tsx";
import type { FormRefusal } from "../forms.ts";

/** What the account is called here. */
export function RenameCard({
  account,
  refusal,
  done,
}: {
  account: Account;
  refusal: FormRefusal | null;
  done: string | null;
}) {
  const isPending = useNavigation().formData?.get("intent") === "rename";
  return (
    <Card aria-labelledby="name">
      <CardHeader id="name" title="Name" description="For you; nobody on WhatsApp sees it." />
      <CardBody>
        <Form method="post" className="space-y-4" preventScrollReset>
          <FormError refusal={refusal} />
          <input type="hidden" name="intent" value="rename" />
          <div className="flex flex-wrap items-end gap-3">
            <div className="min-w-52 flex-1 sm:max-w-xs">
              <Field
                label="Name of the account"
                isLabelHidden
                name="name"
                defaultValue={account.name}
                autoComplete="off"
                required
                maxLength={80}
                refusal={refusal}
              />
            </div>
            <SubmitButton variant="outline" isPending={isPending} pendingLabel="Saving">
              Save
            </SubmitButton>
            <output className="self-center text-sm text-muted-foreground">{done}</output>
          </div>
        </Form>
      </CardBody>
    </Card>
  );
}
