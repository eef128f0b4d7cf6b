import type { MessageState } from "@roost/contract/messages";

export type Mark = "clock" | "one" | "two" | "read" | "problem" | "stopped" | "unknown";
export type Tick = { mark: Mark; label: string };

/** What stands beside a message in each state: the mark people know, and a word for it. */
export function tickOf(state: MessageState): Tick | null {
  switch (state) {
    case "accepted":
      return { mark: "clock", label: "Accepted" };
    case "scheduled":
      return { mark: "clock", label: "Scheduled" };
    case "leased":
    case "sending":
      return { mark: "clock", label: "Sending" };
    case "sent":
      return { mark: "one", label: "Sent" };
    case "delivered":
      return { mark: "two", label: "Delivered" };
    case "read":
      return { mark: "read", label: "Read" };
    case "played":
      return { mark: "read", label: "Played" };
    case "unconfirmed":
      return { mark: "unknown", label: "Unconfirmed" };
    case "failed":
      return { mark: "problem", label: "Failed" };
    case "expired":
      return { mark: "stopped", label: "Expired" };
    case "cancelled":
      return { mark: "stopped", label: "Cancelled" };
    case "received":
      return null;
  }
}

const order: MessageState[] = [
  "received",
  "accepted",
  "scheduled",
  "leased",
  "sending",
  "unconfirmed",
  "cancelled",
  "expired",
  "failed",
  "sent",
  "delivered",
  "read",
  "played",
];

/** How far a message has come: of two reports of one message the higher is the later. */
export function progressOf(state: MessageState): number {
  return order.indexOf(state);
}
