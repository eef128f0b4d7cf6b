import { useFetcher } from "@remix-run/react";
import { SendHorizontal } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import { Alert } from "../components/alert.tsx";
import { SubmitButton } from "../components/button.tsx";
import { asSentence, refusalOf } from "../forms.ts";
import { sentOf, useSendKey } from "../messages/use-send-key.ts";

/** Writes into the chat that is open. Enter sends, Shift and Enter begin a new line. */
export function Composer({
  answered,
  idempotencyKey,
}: {
  answered: unknown;
  idempotencyKey: string;
}) {
  const fetcher = useFetcher();
  const form = useRef<HTMLFormElement>(null);
  const hint = useId();
  const answer: unknown = fetcher.data ?? answered;
  const refusal = refusalOf(answer, "send");
  const wrong = refusal?.fields.text;
  const sent = sentOf(answer);
  const isSending = fetcher.state === "submitting";

  useEffect(() => {
    if (sent !== null) form.current?.querySelector("textarea")?.focus();
  }, [sent]);

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (!isSending) event.currentTarget.form?.requestSubmit();
  };

  return (
    // With each message sent an empty form takes the place of the old one.
    <fetcher.Form
      key={sent}
      ref={form}
      method="post"
      className="border-t border-border bg-card p-3"
    >
      <input type="hidden" name="intent" value="send" />
      <input type="hidden" name="idempotency_key" value={useSendKey(idempotencyKey, answer)} />
      {refusal === null ? null : (
        <Alert tone="bad" isUrgent className="mb-3">
          {wrong === undefined ? refusal.detail : asSentence("The message", wrong)}
        </Alert>
      )}
      <div className="flex items-end gap-2">
        <textarea
          name="text"
          aria-label="Message"
          aria-describedby={hint}
          rows={1}
          required
          defaultValue={refusal?.values.text}
          placeholder="Write a message"
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-40 min-h-10 w-full flex-1 resize-none rounded-lg border border-input bg-card px-3 py-2 text-base leading-6 sm:text-sm"
        />
        <p id={hint} className="sr-only">
          Enter sends, Shift and Enter begin a new line.
        </p>
        <SubmitButton size="icon" aria-label="Send" isPending={isSending} pendingLabel="Sending">
          <SendHorizontal aria-hidden />
        </SubmitButton>
      </div>
    </fetcher.Form>
  );
}
