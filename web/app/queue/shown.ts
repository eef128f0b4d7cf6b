import type { OutboundState } from "@roost/contract/messages";

/** Lists of the queue page, by the word in its address. */
export const lists = [
  { show: "waiting", label: "Ready", state: "accepted" },
  { show: "scheduled", label: "Scheduled", state: "scheduled" },
  { show: "failed", label: "Failed", state: "failed" },
  { show: "unconfirmed", label: "Unconfirmed", state: "unconfirmed" },
] as const satisfies readonly { show: string; label: string; state: OutboundState }[];
export type Shown = (typeof lists)[number];

/** The list that the address asks for; what waits, unless it asks. */
export function shownOf(search: URLSearchParams): Shown {
  return lists.find(({ show }) => show === search.get("show")) ?? lists[0];
}
