import { OutboundState } from "@roost/contract/messages";
import { expect, test } from "vitest";
import { progressOf, tickOf } from "./ticks.ts";

test("one tick is WhatsApp's acknowledgement, two are the phone's, blue ones the reader's", () => {
  expect(tickOf("sending")?.mark).toBe("clock");
  expect(tickOf("sent")?.mark).toBe("one");
  expect(tickOf("delivered")?.mark).toBe("two");
  expect(tickOf("read")?.mark).toBe("read");
});

test("what is not known is never shown as sent", () => {
  expect(tickOf("unconfirmed")).toEqual({ mark: "unknown", label: "Unconfirmed" });
});

test("every state of a message we sent has a mark and a word", () => {
  for (const state of OutboundState.options) {
    expect(tickOf(state)?.label).toBeTruthy();
    expect(progressOf(state)).toBeGreaterThanOrEqual(0);
  }
});
