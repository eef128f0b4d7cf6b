import { reason } from "@roost/contract/reasons";
import { expect, test } from "vitest";
import { reasonsToSay } from "./reasons-to-say.ts";

test("what the notice says is not said again", () => {
  const reasons = [reason("restricted"), reason("time_lock"), reason("queue_paused")];
  const restricted = { state: "restricted", reason: reason("restricted") } as const;
  expect(reasonsToSay({ reasons }, restricted)).toEqual([reason("queue_paused")]);
  const connected = { state: "connected", reason: null } as const;
  expect(reasonsToSay({ reasons }, connected)).toEqual(reasons);
});

test("what a person is asked is not said as well", () => {
  const reasons = [reason("backlog_ban"), reason("new_chat_cap")];
  const connected = { state: "connected", reason: null } as const;
  expect(reasonsToSay({ reasons }, connected, reason("backlog_ban"))).toEqual([
    reason("new_chat_cap"),
  ]);
});
