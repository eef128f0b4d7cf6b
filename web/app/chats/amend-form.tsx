import { Form, Link, useNavigation, useSearchParams } from "@remix-run/react";
import type { MessageData } from "@roost/contract/events";
import { Button, SubmitButton } from "../components/button.tsx";
import { FormError, TextArea } from "../components/form.tsx";
import type { FormRefusal } from "../forms.ts";

/** Changes a sent text, or takes it back for everyone. */
export function AmendForm({
  message,
  refusal,
}: {
  message: MessageData;
  refusal: FormRefusal | null;
}) {
  const [search] = useSearchParams();
  const pending = useNavigation().formData?.get("intent");
  const back = new URLSearchParams(search);
  back.delete("message");
  return (
    <Form
      method="post"
      preventScrollReset
      className="mt-2 w-full max-w-[32rem] space-y-3 rounded-xl border border-border bg-card p-4 text-left shadow-xs"
    >
      <FormError refusal={refusal} />
      <input type="hidden" name="message" value={message.id} />
      <TextArea
        label="Text"
        name="text"
        defaultValue={message.text?.body}
        className="min-h-16"
        hint="Whoever has it already sees that it was edited, or that it was deleted."
        refusal={refusal}
      />
      <div className="flex flex-wrap justify-end gap-2">
        <Button asChild variant="ghost" size="small">
          <Link to={`?${back}`} replace preventScrollReset>
            Leave it
          </Link>
        </Button>
        <SubmitButton
          name="intent"
          value="revoke"
          variant="destructive"
          size="small"
          isPending={pending === "revoke"}
          pendingLabel="Deleting"
        >
          Delete for everyone
        </SubmitButton>
        <SubmitButton
          name="intent"
          value="edit"
          size="small"
          isPending={pending === "edit"}
          pendingLabel="Saving"
        >
          Save the change
        </SubmitButton>
      </div>
    </Form>
  );
}
