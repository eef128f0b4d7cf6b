import { type Outcome, refuse } from "@roost/contract/errors";
import type { MessageState } from "@roost/contract/messages";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long after it was sent WhatsApp lets a message be changed; later phones ignore it. */
export const CHANGE_WITHIN_MS = { edit: 15 * MINUTE, revoke: 60 * HOUR } as const;

export type ChangeFacts = {
  kind: "edit" | "revoke";
  /** Whether it is a message of this account's, and not itself an edit or a revoke. */
  isOurs: boolean;
  type: string;
  state: MessageState;
  sentAt: number | null;
  revokedAt: number | null;
};

/** Until when the stanza that changes a sent message may leave, or why the change is refused. */
export function changeWindow(facts: ChangeFacts, now: number): Outcome<{ until: number }> {
  const { kind, isOurs, type, state, sentAt, revokedAt } = facts;
  const verb = kind === "edit" ? "edited" : "deleted for everyone";
  if (!isOurs) {
    return refuse("invalid_state", `Only a message that this account sent can be ${verb}.`);
  }
  if (revokedAt !== null) {
    return refuse("invalid_state", "The message was deleted for everyone already.");
  }
  if (kind === "edit" && type !== "text") {
    return refuse("invalid_state", "Only the text of a text message can be edited.");
  }
  if (sentAt === null) {
    return refuse(
      "invalid_state",
      `The message is ${state}: only one that WhatsApp has taken can be ${verb}.`,
    );
  }
  const until = sentAt + CHANGE_WITHIN_MS[kind];
  if (now < until) return { ok: true, value: { until } };
  const time = kind === "edit" ? "15 minutes" : "two and a half days";
  return refuse(
    "invalid_state",
    `WhatsApp lets a message be ${verb} for ${time} after it was sent.`,
  );
}
