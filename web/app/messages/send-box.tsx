import { useFetcher } from "@remix-run/react";
import { SendHorizontal } from "lucide-react";
import { useEffect, useRef } from "react";
import { SubmitButton } from "../components/button.tsx";
import { Field, FormError, TextArea } from "../components/form.tsx";
import { refusalOf } from "../forms.ts";
import { sentOf, useSendKey } from "./use-send-key.ts";

type SendBoxProps = {
  /** What the action answered to a form that was posted without JavaScript. */
  answered: unknown;
  idempotencyKey: string;
};

/** Sends a text to a number. */
export function SendBox({ answered, idempotencyKey }: SendBoxProps) {
  const fetcher = useFetcher();
  const form = useRef<HTMLFormElement>(null);
  const answer: unknown = fetcher.data ?? answered;
  const refusal = refusalOf(answer, "send");
  const sent = sentOf(answer);
  const key = useSendKey(idempotencyKey, answer);

  useEffect(() => {
    if (sent !== null) form.current?.querySelector("textarea")?.focus();
  }, [sent]);

  return (
    // With each message sent an empty form takes the place of the old one.
    <fetcher.Form key={sent} ref={form} method="post" action="?index" className="space-y-4">
      <input type="hidden" name="intent" value="send" />
      <input type="hidden" name="idempotency_key" value={key} />
      <FormError refusal={refusal} />
      <Field
        label="To"
        subject="The number"
        name="to"
        type="tel"
        inputMode="tel"
        autoComplete="off"
        placeholder="+5511987654321"
        hint="A number with its country code."
        required
        refusal={refusal}
      />
      <TextArea label="Message" name="text" className="min-h-36" required refusal={refusal} />
      <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-2">
        <SubmitButton isPending={fetcher.state === "submitting"} pendingLabel="Sending">
          <SendHorizontal aria-hidden />
          Send
        </SubmitButton>
        <output className="text-sm text-muted-foreground">
          {sent === null ? null : "Accepted. Its ticks are below."}
        </output>
      </div>
    </fetcher.Form>
  );
}
