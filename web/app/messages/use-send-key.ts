import { useState } from "react";
import { refusalOf } from "../forms.ts";

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
  const [key, setKey] = useState(first);
  const [lastAnswer, setLastAnswer] = useState(answer);
  if (answer !== lastAnswer) {
    setLastAnswer(answer);
    if (isDecided(answer)) setKey(crypto.randomUUID());
  }
  return key;
}

function isDecided(answer: unknown): boolean {
  const code = refusalOf(answer, "send")?.code;
  return code === undefined || !["internal", "unavailable", "in_flight"].includes(code);
}
