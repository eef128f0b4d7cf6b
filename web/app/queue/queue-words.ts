import type { QueueState } from "@roost/contract/accounts";

type QueueWords = {
  state: QueueState;
  label: string;
  /** What it means for messages that come, and for those that wait. */
  takes: string;
  sends: string;
  /** The button that leads there. */
  deed: string;
};

/** The four states of a queue: whether it takes and whether it sends. */
export const queueStates: readonly QueueWords[] = [
  {
    state: "active",
    label: "Active",
    takes: "Takes messages",
    sends: "sends them as the limits allow",
    deed: "Resume",
  },
  {
    state: "paused",
    label: "Paused",
    takes: "Takes messages",
    sends: "holds them until you resume",
    deed: "Pause",
  },
  {
    state: "draining",
    label: "Draining",
    takes: "Refuses new messages",
    sends: "sends what it has",
    deed: "Drain",
  },
  {
    state: "frozen",
    label: "Frozen",
    takes: "Refuses new messages",
    sends: "holds what it has",
    deed: "Freeze",
  },
];

/** `Takes messages and holds them until you resume.` */
export function meaningOf(state: QueueState): string {
  const words = queueStates.find((candidate) => candidate.state === state);
  return words === undefined ? "" : `${words.takes} and ${words.sends}.`;
}

/** What a text names, if it is a queue's state. */
export function toQueueState(text: string): QueueState | null {
  return queueStates.find(({ state }) => state === text)?.state ?? null;
}

/** Why waiting messages are held for a person to decide; nothing goes out before that. */
export const backlogCodes: ReadonlySet<string> = new Set([
  "backlog_gap",
  "backlog_ban",
  "backlog_number",
]);
