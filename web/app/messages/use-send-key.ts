import { useState } from "react";
import { refusalOf } from "../forms.ts";

const LEFT_OPEN = new Set(["internal", "unavailable", "in_flight", "unreachable"]);

/** The id of the message in an action's answer, if it was accepted. */
export function sentOf(answer: unknown): string | null {
  if (typeof answer !== "object" || answer === null || !("sent" in answer)) return null;
  return typeof answer.sent === "string" ? answer.sent : null;
}

/**
 * The idempotency key of the message that is being written. Pressing twice sends once; whatever is
 * written after an answer has a key of its own, unless the answer left open what became of it.
 */
export function useSendKey(first: string, answer: unknown): string {
  const [key, setKey] = useState(() => openKeyOf(answer) ?? first);
  const [lastAnswer, setLastAnswer] = useState(answer);
  if (answer !== lastAnswer) {
    setLastAnswer(answer);
    if (openKeyOf(answer) === null) setKey(crypto.randomUUID());
  }
  return key;
}

/** The key of a message of which it is open whether it was taken; it goes with the next try. */
export function openKeyOf(answer: unknown): string | null {
  const refusal = refusalOf(answer, "send");
  if (refusal === null || !LEFT_OPEN.has(refusal.code)) return null;
  return refusal.values.idempotency_key ?? null;
}
