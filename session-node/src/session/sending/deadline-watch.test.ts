import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeadlineWatch } from "./deadline-watch.ts";
import { type Entry, KnownMessages } from "./known-messages.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function written(number: number): Entry {
  const entry = new KnownMessages().take({
    id: `msg_${String(number).padStart(35, "0")}`,
    wa_id: `3EB0${number}`,
    to: { phone: "1555", lid: null },
    type: "text",
    text: "hello",
    quoted: null,
    not_before: 0,
    give_up_at: 1,
    typing_ms: 0,
    attempt: 1,
  });
  entry.begunAt = Date.now();
  return entry;
}

test("each stanza has the whole deadline, and one that was acknowledged is not called late", () => {
  const late: string[] = [];
  const watch = new DeadlineWatch(1_000, (entries) => {
    for (const entry of entries) {
      late.push(entry.message.wa_id);
      watch.remove(entry);
    }
  });
  watch.add(written(1));
  vi.advanceTimersByTime(600);
  watch.add(written(2));
  vi.advanceTimersByTime(399);
  expect(late).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(late).toEqual(["3EB01"]);
  vi.advanceTimersByTime(600);
  expect(late).toEqual(["3EB01", "3EB02"]);
  expect(vi.getTimerCount()).toBe(0);

  const acknowledged = written(4);
  watch.add(acknowledged);
  watch.remove(acknowledged);
  vi.advanceTimersByTime(2_000);
  expect(late).toHaveLength(2);
});

test("an empty watch has no timer, and a stopped one never reports", () => {
  const onLate = vi.fn<(late: readonly Entry[]) => void>();
  const watch = new DeadlineWatch(1_000, onLate);
  expect(vi.getTimerCount()).toBe(0);
  watch.add(written(1));
  watch.stop();
  vi.advanceTimersByTime(5_000);
  expect(onLate).not.toHaveBeenCalled();
});
