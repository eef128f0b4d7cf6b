import type { MessageData } from "@roost/contract/events";

/** Ours, a text, and on WhatsApp: whether WhatsApp still takes a change, the API knows. */
export function canAmend(message: MessageData): boolean {
  return (
    message.direction === "outbound" &&
    message.text !== undefined &&
    message.revoked_at === null &&
    ["sent", "delivered", "read", "played"].includes(message.state)
  );
}

/** The message that the address says something is to be done with. */
export function chosenIn(search: URLSearchParams): string | null {
  return search.get("message");
}
