import { expect, test } from "vitest";
import { exceeded, table } from "./budget.ts";
import { perMessage } from "./price.ts";

const counts = {
  "Worker requests": 1_000,
  "rows: rest of AccountObject": 2_000,
  "rows: alarms of AccountObject": 100,
  "queue operations: written": 50,
  "queue operations: read": 50,
  "object requests: ACCOUNTS.accept": 1_000,
  "socket messages in: HostObject": 2_000,
  "socket messages out": 3_000,
  "D1 operations later": 10,
  "D1 operations on the accept path": 10,
  "log events": 1_000,
};

test("what Cloudflare bills is counted once each, twenty socket messages as one request", () => {
  const figures = perMessage(counts, 1_000);
  expect(figures).toMatchObject({
    rows: 2.1,
    queueOperations: 0.1,
    objectRequests: 1.1,
    socketMessagesIn: 2,
    socketMessagesOut: 3,
    d1OnAccept: 0.01,
    d1Operations: 0.01,
  });
  expect(figures.dollarsPerMillion).toBeCloseTo(2.1 + 0.04 + 0.165 + 0.3 + 0.6);
});

test("a budget that is exceeded is named with the figure, one that is met is not", () => {
  const figures = perMessage(counts, 1_000);
  const scenario = { name: "single", budget: { rows: 2, d1OnAccept: 0, logEvents: 1 }, figures };
  expect(exceeded(scenario)).toEqual([
    "single: rows written 2.10, budget 2",
    "single: D1 on accept 0.01, budget 0",
  ]);
  expect(table([scenario])).toContain("| single | 2.10 of 2 | 0.10 |");
});
