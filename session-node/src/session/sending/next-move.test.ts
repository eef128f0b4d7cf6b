import { expect, test } from "vitest";
import { type MoveFacts, nextMove } from "./next-move.ts";

const head = { not_before: 1_000, give_up_at: 9_000, typing_ms: 0, attempt: 1 };
const facts: MoveFacts = {
  now: 2_000,
  head,
  isConnected: true,
  mayWork: true,
  isPrepared: true,
  isOfflineQueueThrough: false,
  pausedUntil: 0,
  inFlight: 0,
  isSomebodyTyping: false,
  maxInFlight: 4,
};
const move = (given: Partial<MoveFacts>) => nextMove({ ...facts, ...given });

test("an empty queue is idle, and a due message to a known recipient begins", () => {
  expect(move({ head: null })).toEqual({ kind: "idle" });
  expect(move({})).toEqual({ kind: "begin" });
  expect(move({ isPrepared: false })).toEqual({ kind: "prepare" });
});

test("nothing begins before its time", () => {
  expect(move({ now: 999 })).toEqual({ kind: "wait", untilMs: 1_000 });
});

test("nothing begins after its end, connected or not", () => {
  expect(move({ now: 9_000 })).toEqual({ kind: "give_back" });
  expect(move({ now: 9_000, isConnected: false })).toEqual({ kind: "give_back" });
});

test.each([{ isConnected: false }, { mayWork: false }])(
  "with %j it waits until its end",
  (given) => {
    expect(move(given)).toEqual({ kind: "wait", untilMs: 9_000 });
  },
);

test("another attempt waits for what WhatsApp kept for us", () => {
  const again = { ...head, attempt: 2 };
  expect(move({ head: again })).toEqual({ kind: "wait", untilMs: 9_000 });
  expect(move({ head: again, isOfflineQueueThrough: true })).toEqual({ kind: "begin" });
});

test("a few messages are on their way at once, but somebody who types does one thing", () => {
  expect(move({ inFlight: 3 })).toEqual({ kind: "begin" });
  expect(move({ inFlight: 4 })).toEqual({ kind: "wait", untilMs: 9_000 });
  const typed = { ...head, typing_ms: 500 };
  expect(move({ head: typed, inFlight: 1 })).toEqual({ kind: "wait", untilMs: 9_000 });
  expect(move({ inFlight: 1, isSomebodyTyping: true })).toEqual({ kind: "wait", untilMs: 9_000 });
});

test("after a refusal WhatsApp is left in peace", () => {
  expect(move({ pausedUntil: 4_000 })).toEqual({ kind: "wait", untilMs: 4_000 });
  expect(move({ pausedUntil: 40_000 })).toEqual({ kind: "wait", untilMs: 9_000 });
});
