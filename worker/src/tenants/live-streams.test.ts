import { type Id, newId } from "@roost/contract/ids";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BEAT_MS, LiveStreams, MAX_LIFE_MS, type StreamRequest, WATCH_MS } from "./live-streams.ts";

const account = (n: number): Id<"account"> => newId("account", n, new Uint8Array(16));
const [one, two] = [account(1), account(2)];
const all: StreamRequest = {
  actor: newId("user", 1, new Uint8Array(16)),
  account: null,
  within: null,
  after: null,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function given() {
  const watch = vi.fn<(account: Id<"account">, untilMs: number) => Promise<void>>(async () => {});
  const streams = new LiveStreams({
    accounts: () => [one, two],
    watch,
    journalAfter: async () => [],
  });
  return { streams, watch };
}

/** Reads all the time, as a browser does. */
async function listen(streams: LiveStreams, request: Partial<StreamRequest> = {}) {
  const outcome = await streams.listen({ ...all, ...request });
  if (!outcome.ok) throw new Error(outcome.refusal.detail);
  const facts = { text: "", isOver: false, leave: () => reader.cancel() };
  const reader = outcome.value.getReader();
  void (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      facts.text += new TextDecoder().decode(value);
    }
    facts.isOver = true;
  })();
  return facts;
}

test("accounts are asked to publish for as long as somebody listens, before it runs out", async () => {
  const { streams, watch } = given();
  const stream = await listen(streams);
  expect(watch.mock.calls.map(([id]) => id)).toEqual([one, two]);
  for (let n = 0; n < 55; n++) {
    const until = Math.max(...watch.mock.calls.map(([, untilMs]) => untilMs));
    expect(until).toBeGreaterThan(Date.now() + BEAT_MS);
    await vi.advanceTimersByTimeAsync(BEAT_MS);
  }
  await stream.leave();
  watch.mockClear();
  await vi.advanceTimersByTimeAsync(10 * WATCH_MS);
  expect(watch).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test("only the account that somebody listens to is asked", async () => {
  const { streams, watch } = given();
  await listen(streams, { account: two });
  await vi.advanceTimersByTimeAsync(WATCH_MS);
  expect(new Set(watch.mock.calls.map(([id]) => id))).toEqual(new Set([two]));
  expect(streams.watchedUntil(one)).toBe(0);
});

test("a quiet stream beats every fifteen seconds", async () => {
  const { streams } = given();
  const stream = await listen(streams);
  await vi.advanceTimersByTimeAsync(3 * BEAT_MS);
  expect(stream.text.match(/: beat/g)).toHaveLength(3);
});

test("a stream ends by itself, so that its credential is looked at again", async () => {
  const { streams } = given();
  const stream = await listen(streams);
  await vi.advanceTimersByTimeAsync(MAX_LIFE_MS - BEAT_MS);
  expect(stream.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(BEAT_MS);
  expect(stream.isOver).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("an account that cannot be asked does not keep anybody from listening", async () => {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const { streams, watch } = given();
  watch.mockRejectedValue(new Error("away"));
  const stream = await listen(streams);
  expect(stream.isOver).toBe(false);
  expect(lines.mock.calls.flat().join()).toContain("stream.watch_failed");
  lines.mockRestore();
});

test("whoever is about to listen counts as listening while the accounts are asked", async () => {
  const { streams, watch } = given();
  const heard: number[] = [];
  watch.mockImplementation(async (id) => void heard.push(streams.watchedUntil(id)));
  const stream = await listen(streams);
  expect(heard.map((until) => until > Date.now())).toEqual([true, true]);
  await stream.leave();
  expect(streams.watchedUntil(one)).toBe(0);
});
