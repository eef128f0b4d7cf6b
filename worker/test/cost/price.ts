/** What was counted, by name: see `edge/count-everything.ts`. */
export type Counts = Record<string, number>;

/** What one message costs over its whole life. */
export type PerMessage = {
  rows: number;
  queueOperations: number;
  objectRequests: number;
  socketMessagesIn: number;
  socketMessagesOut: number;
  workerRequests: number;
  logEvents: number;
  d1Operations: number;
  d1OnAccept: number;
  dollarsPerMillion: number;
};

/** Cloudflare's list prices in dollars per million. */
const PRICES = {
  rows: 1,
  queueOperations: 0.4,
  objectRequests: 0.15,
  workerRequests: 0.3,
  logEvents: 0.6,
} as const;
/** So many messages that come in over a socket are one request; those that go out are free. */
const SOCKET_MESSAGES_PER_REQUEST = 20;

export function perMessage(counts: Counts, messages: number): PerMessage {
  const sum = (start: string): number =>
    Object.entries(counts).reduce((all, [what, n]) => all + (what.startsWith(start) ? n : 0), 0) /
    messages;
  const socketMessagesIn = sum("socket messages in");
  const figures = {
    rows: sum("rows: "),
    queueOperations: sum("queue operations: "),
    objectRequests: sum("object requests: ") + socketMessagesIn / SOCKET_MESSAGES_PER_REQUEST,
    workerRequests: sum("Worker requests"),
    logEvents: sum("log events"),
  };
  const dollarsPerMillion = Object.entries(PRICES).reduce(
    (all, [what, price]) => all + price * figures[what as keyof typeof PRICES],
    0,
  );
  return {
    ...figures,
    socketMessagesIn,
    socketMessagesOut: sum("socket messages out"),
    d1Operations: sum("D1 operations later"),
    d1OnAccept: sum("D1 operations on the accept path"),
    dollarsPerMillion,
  };
}
