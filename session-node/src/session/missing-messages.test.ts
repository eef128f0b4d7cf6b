import type { MissingStanza } from "@roost/contract/host";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MissingMessages, OLDEST_MS } from "./missing-messages.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000_000_000 }));
afterEach(() => void vi.useRealTimers());

function stanza(wa_id: string, at = Date.now()): MissingStanza {
  return { wa_id, jid: "1@lid", peer: { phone: null, lid: "1" }, from_me: false, at };
}

function given(...stanzas: MissingStanza[]) {
  const asked: string[][] = [];
  const reports: string[] = [];
  const missing = new MissingMessages(stanzas, {
    ask: async (batch) => void asked.push(batch.map(({ wa_id }) => wa_id)),
    report: ({ wa_id }, state) => void reports.push(`${wa_id} ${state}`),
    pause: { firstMs: 15_000, capMs: 6 * 3_600_000 },
    settleMs: 2_000,
  });
  return { missing, asked, reports };
}

test("what the sessions before missed is asked for after the login, ever more rarely", async () => {
  const { missing, asked } = given(stanza("A"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
  missing.connected();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked).toEqual([["A"]]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  const inFirstHour = asked.length;
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(inFirstHour).toBeGreaterThan(5);
  expect(asked.length - inFirstHour).toBeLessThan(16);
});

test("nobody is asked on a connection that is gone, nor for what has come", async () => {
  const { missing, asked } = given(stanza("A"), stanza("B"));
  missing.connected();
  expect(missing.found(stanza("A"))).toBe(true);
  expect(missing.found(stanza("A"))).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  missing.disconnected();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toEqual([["B"]]);
});

test("many are asked for in portions, and a new one only when others had their turn", async () => {
  const { missing, asked } = given(...Array.from({ length: 120 }, (_, n) => stanza(`S${n}`)));
  missing.connected();
  await vi.advanceTimersByTimeAsync(1_000);
  missing.add(stanza("new"));
  await vi.advanceTimersByTimeAsync(6_000);
  expect(asked.map(({ length }) => length)).toEqual([50, 50, 20]);
  expect(asked.flat()).not.toContain("new");
});

test("after four questions a person is to know; when it is too old nobody is asked any more", async () => {
  const { missing, reports } = given(stanza("A"));
  missing.connected();
  await vi.advanceTimersByTimeAsync(300_000);
  expect(reports).toEqual(["A unanswered"]);
  await vi.advanceTimersByTimeAsync(OLDEST_MS + 24 * 3_600_000);
  expect(reports).toEqual(["A unanswered", "A unanswered", "A empty"]);
  expect(missing.size).toBe(0);
});
