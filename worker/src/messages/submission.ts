import type { SendMessage } from "@roost/contract/messages";
import type { Submission } from "../accounts/outbox/accept-message.ts";
import { AppError, invalidField, notFound } from "../errors.ts";
import { sha256 } from "../lib/crypto.ts";
import { readRecipient } from "./recipient.ts";

/** What an account is asked to take, or a refusal that no account would change. */
export function submissionOf(
  now: number,
  input: SendMessage,
  idempotencyKey: string | null,
): Submission {
  if (input.type !== "text" || input.text === undefined) {
    throw new AppError(
      "capability_missing",
      `Messages of type ${input.type} are not built yet. Send a text.`,
    );
  }
  const recipient = readRecipient(input.to);
  if (recipient.kind === "group") {
    throw new AppError("capability_missing", "Sending to groups is not built yet.");
  }
  if (recipient.kind === "contact") throw notFound("contact");
  if (recipient.kind === "invalid") {
    throw invalidField(
      "to",
      "must be a phone number in E.164, like +5511999990000, a JID or a LID",
    );
  }
  const sendAt = timeOf(input.send_at);
  const expiresAt = timeOf(input.expires_at);
  if (expiresAt !== null && expiresAt <= Math.max(now, sendAt ?? 0)) {
    throw invalidField("expires_at", "must be later than now and later than `send_at`");
  }
  const { reply_to, client_reference, priority, pace, lane } = input;
  return {
    peer: recipient.peer,
    address: recipient.address,
    text: input.text.body,
    input: { reply_to, client_reference, priority, pace, lane },
    sendAt,
    expiresAt,
    idempotencyKey,
    bodyHash: idempotencyKey === null ? "" : sha256(JSON.stringify(input)),
  };
}

function timeOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text);
}
