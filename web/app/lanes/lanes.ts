import type { Lane } from "@roost/contract/messages";

/** The lanes in the order in which they go, with what each is for. */
export const lanes: readonly { lane: Lane; label: string; meaning: string }[] = [
  { lane: "reply", label: "Replies", meaning: "To people who wrote within the last 24 hours." },
  { lane: "direct", label: "Direct", meaning: "Asked for one by one." },
  { lane: "campaign", label: "Campaign", meaning: "Unasked, to many. Goes last, stops first." },
];
