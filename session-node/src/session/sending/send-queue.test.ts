import type { LeasedMessage } from "@roost/contract/host";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { defaultTimings } from "../../timings.ts";
import { newDeviceCaches } from "../../whatsapp/device-caches.ts";
import { NumberBook } from "../../whatsapp/outbound/number-book.ts";
import { Sender } from "../../whatsapp/outbound/sender.ts";
import { KnownMessages } from "./known-messages.ts";
import { SendQueue } from "./send-queue.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Socket = ConstructorParameters<typeof Sender>[0];

/** A queue, and senders over sockets that begin to send and never say what became of it. */
function given() {
  const outcomes: string[] = [];
  const onStuck = vi.fn<() => void>();
  const queue = new SendQueue({
    known: new KnownMessages(),
    report: ({ message }, { result }) => outcomes.push(`${message.text} ${result}`),
    mayWork: () => true,
    onSilence: () => undefined,
    passing: () => undefined,
    onStuck,
    timings: defaultTimings,
  });
  const caches = newDeviceCaches();
  caches.devices.set("100", []);
  const connect = (sendMessage: () => Promise<unknown>) => {
    const socket = {
      user: undefined,
      sendMessage: vi.fn<() => Promise<unknown>>(sendMessage),
      sendPresenceUpdate: vi.fn<() => Promise<void>>(async () => undefined),
    };
    // The part of Baileys that a message to a known recipient needs.
    queue.connected(new Sender(socket as unknown as Socket, caches, new NumberBook()));
    return socket;
  };
  return { queue, outcomes, onStuck, connect };
}

function message(number: number, given: Partial<LeasedMessage> = {}): LeasedMessage {
  return {
    id: `msg_${String(number).padStart(35, "0")}`,
    wa_id: `3EB0${number}`,
    to: { phone: null, lid: "100" },
    type: "text",
    text: `${number}`,
    quoted: null,
    not_before: 0,
    give_up_at: Number.MAX_SAFE_INTEGER,
    typing_ms: 0,
    attempt: 1,
    ...given,
  };
}

const never = () => new Promise(() => undefined);

test("sends that hang on a lost connection hold up none on the next", async () => {
  const { queue, connect } = given();
  connect(never);
  queue.take([1, 2, 3, 4].map((number) => message(number)));
  await vi.advanceTimersByTimeAsync(10);
  queue.disconnected();
  queue.take([message(5)]);
  const { sendMessage } = connect(async () => undefined);
  await vi.advanceTimersByTimeAsync(10);
  expect(sendMessage).toHaveBeenCalledTimes(1);
});

test("a send that never ends is unconfirmed at its deadline, and its connection is renewed", async () => {
  const { queue, connect, outcomes, onStuck } = given();
  connect(never);
  queue.take([message(1)]);
  await vi.advanceTimersByTimeAsync(defaultTimings.sendDeadlineMs - 1);
  expect(outcomes).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(outcomes).toEqual(["1 unconfirmed"]);
  expect(onStuck).toHaveBeenCalledTimes(1);
});

test("what is typed while the connection is lost is typed anew at once on the next, and not sent twice", async () => {
  const { queue, connect } = given();
  const first = connect(never);
  queue.take([message(1, { typing_ms: 60_000 })]);
  await vi.advanceTimersByTimeAsync(10);
  expect(first.sendPresenceUpdate).toHaveBeenCalledTimes(1);
  queue.disconnected();
  await vi.advanceTimersByTimeAsync(10);
  const second = connect(never);
  await vi.advanceTimersByTimeAsync(10);
  expect(second.sendPresenceUpdate).toHaveBeenCalledTimes(1);
  expect(first.sendMessage).not.toHaveBeenCalled();
});
