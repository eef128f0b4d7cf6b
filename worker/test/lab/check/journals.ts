import type { Event } from "@roost/contract/events";
import type { Evidence, Violation } from "../evidence.ts";

/** Invariant 4: 1, 2, 3 ... in every journal, and every reader saw just that, in order. */
export function checkJournals({ journals, readings }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const find = (account: string, what: string): void => {
    violations.push({ invariant: 4, what, account, message: null, text: null });
  };
  for (const [account, events] of journals) {
    const wrong = firstOutOfOrder(events, 1);
    if (wrong !== null)
      find(account, `the journal has ${wrong.is} where ${wrong.expected} belongs`);
  }
  for (const { account, reader, isFromStart, events } of readings) {
    const [first] = events;
    if (first === undefined) continue;
    const wrong = firstOutOfOrder(events, isFromStart ? 1 : first.seq);
    if (wrong !== null) find(account, `${reader} got ${wrong.is} where ${wrong.expected} belongs`);
    const journal = new Map((journals.get(account) ?? []).map((event) => [event.seq, event]));
    for (const event of events) {
      const kept = journal.get(event.seq);
      if (kept === undefined) find(account, `${reader} got event ${event.seq}, which is gone`);
      else if (kept.type !== event.type || kept.created_at !== event.created_at) {
        find(
          account,
          `${reader} got ${event.type} as event ${event.seq}, which is ${kept.type} now`,
        );
      }
    }
  }
  return violations;
}

function firstOutOfOrder(
  events: readonly Event[],
  from: number,
): { expected: number; is: number } | null {
  for (const [index, { seq }] of events.entries()) {
    if (seq !== from + index) return { expected: from + index, is: seq };
  }
  return null;
}
