import type { MessageData } from "@roost/contract/events";

/** The text, or in words what cannot be shown here. */
export function contentOf(message: Pick<MessageData, "text" | "type" | "revoked_at">): string {
  if (message.revoked_at !== null) return "This message was deleted";
  if (message.text !== undefined) return message.text.body;
  return message.type === "unsupported"
    ? "A kind of message that Roost does not show yet"
    : `A message of type ${message.type}`;
}
