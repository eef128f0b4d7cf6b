import type { Event } from "@roost/contract/events";
import { type Id, newId, numberedId } from "@roost/contract/ids";
import { array, assert, asyncProperty, boolean, integer } from "fast-check";
import { expect, test, vi } from "vitest";
import { JOURNAL_PAGE, Listener, MAX_UNREAD_BYTES } from "./listener.ts";

const account: Id<"account"> = newId("account", 1, new Uint8Array(16));

function event(seq: number, padding = ""): Event {
  return {
    id: numberedId("event", account, seq),
    type: "account.connected",
    seq,
    account,
    tenant: newId("tenant", 1, new Uint8Array(16)),
    created_at: "2026-11-20T11:22:18.000Z",
    data: { state: "connected", reason: null, phone: `+${padding}`, health: 100 },
  };
}

/** A journal of as many events as `length` says when it is read. */
function givenJournal(length: () => number) {
  return vi.fn<(seq: number) => Promise<Event[]>>(async (seq) => {
    const count = Math.max(0, Math.min(JOURNAL_PAGE, length() - seq));
    return Array.from({ length: count }, (_, n) => event(seq + n + 1));
  });
}

/** Collects what the stream says until it ends. */
function reading(listener: Listener) {
  const seen: number[] = [];
  let text = "";
  const decoder = new TextDecoder();
  const over = (async () => {
    for await (const chunk of listener.stream) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, data] = /^data: (.*)$/m.exec(block) ?? [];
        if (data !== undefined) seen.push((JSON.parse(data) as Event).seq);
      }
    }
  })();
  return { seen, over };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, n) => n + 1);

test("an event is written with its id, its type and itself", async () => {
  const listener = new Listener(null, { journalAfter: null, onEnd: () => undefined });
  listener.offer(event(7));
  listener.end();
  const text = await new Response(listener.stream).text();
  expect(text).toBe(
    `retry: 1000\n: open\n\nid: ${event(7).id}\nevent: account.connected\ndata: ${JSON.stringify(event(7))}\n\n`,
  );
});

test("a listener that comes back reads the journal from where it was, then goes on live", async () => {
  const listener = new Listener(2, {
    journalAfter: givenJournal(() => 350),
    onEnd: () => undefined,
  });
  const { seen, over } = reading(listener);
  await vi.waitFor(() => expect(seen).toHaveLength(348));
  listener.offer(event(351));
  listener.end();
  await over;
  expect([1, 2, ...seen]).toEqual(upTo(351));
});

test("whatever is lost, late or repeated, one account's listener hears all in order, once", async () => {
  const step = array(integer({ min: -2, max: 6 }), { minLength: 1, maxLength: 30 });
  await assert(
    asyncProperty(step, boolean(), async (steps, isFirst) => {
      let journaled = 3;
      const after = isFirst ? 0 : 3;
      const listener = new Listener(after, {
        journalAfter: givenJournal(() => journaled),
        onEnd: () => undefined,
      });
      const { seen, over } = reading(listener);
      for (const jump of steps) {
        // Some events are journaled and never published; some are published twice or out of order.
        journaled = Math.max(journaled, journaled + jump);
        listener.offer(event(Math.max(1, journaled + Math.min(jump, 0))));
        if (jump % 2 === 0) await Promise.resolve();
      }
      journaled += 1;
      listener.offer(event(journaled));
      await vi.waitFor(() => expect(seen.at(-1)).toBe(journaled), { interval: 1 });
      listener.end();
      await over;
      expect([...upTo(after), ...seen]).toEqual(upTo(journaled));
    }),
    { numRuns: 60 },
  );
});

test("a reader that does not read is dropped, not waited for", () => {
  const onEnd = vi.fn<() => void>();
  const listener = new Listener(null, { journalAfter: null, onEnd });
  const large = "9".repeat(10_000);
  let offered = 0;
  while (onEnd.mock.calls.length === 0 && offered < 1_000) listener.offer(event(++offered, large));
  expect(offered * large.length).toBeGreaterThan(MAX_UNREAD_BYTES * 0.9);
  expect(offered * large.length).toBeLessThan(MAX_UNREAD_BYTES * 1.1);
  listener.offer(event(offered + 1));
  expect(onEnd).toHaveBeenCalledOnce();
});

test("reading old events waits for a slow reader and drops nobody", async () => {
  const journal = givenJournal(() => 20_000);
  const listener = new Listener(0, { journalAfter: journal, onEnd: () => undefined });
  await vi.waitFor(() => expect(journal.mock.calls.length).toBeGreaterThan(5));
  await new Promise((resolve) => setImmediate(resolve));
  expect(journal.mock.calls.length).toBeLessThan(100);
  const { seen, over } = reading(listener);
  await vi.waitFor(() => expect(seen.length).toBe(20_000), { timeout: 4_000 });
  listener.end();
  await over;
  expect(seen).toEqual(upTo(20_000));
});

test("a journal that cannot be read ends the stream, so that the browser begins anew", async () => {
  const listener = new Listener(5, {
    journalAfter: async () => Promise.reject(new Error("away")),
    onEnd: () => undefined,
  });
  const { seen, over } = reading(listener);
  await over;
  expect(seen).toEqual([]);
});

test("a reader that leaves ends it once", async () => {
  const onEnd = vi.fn<() => void>();
  const listener = new Listener(null, { journalAfter: null, onEnd });
  await listener.stream.cancel();
  listener.beat();
  listener.end();
  expect(onEnd).toHaveBeenCalledOnce();
});
