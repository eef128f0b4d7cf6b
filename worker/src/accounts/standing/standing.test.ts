import { PhoneSeenReport, StandingReport } from "@roost/contract/host";
import { expect, test } from "vitest";
import { factsAfter } from "./standing.ts";

const of = { account: `acc_${"0".repeat(26)}`, epoch: 1, at: 50 };
const lock = { is_active: true, until: 900, kind: "BIZ_QUALITY" };
const cap = { used: 3, total: 10, status: "first_warning", cycle_end: null } as const;
const standing = (facts: object) =>
  StandingReport.parse({ kind: "standing", ...of, time_lock: null, new_chat_cap: null, ...facts });

test("what a report does not speak of stays as it was known", () => {
  const locked = factsAfter({}, standing({ time_lock: lock }), 60);
  expect(locked).toEqual({ standing: { timeLock: lock, newChatCap: null } });
  const both = factsAfter(locked, standing({ new_chat_cap: cap }), 60);
  expect(both).toEqual({ standing: { timeLock: lock, newChatCap: cap, capToldAt: 60 } });
  const later = factsAfter(both, standing({ time_lock: lock }), 70);
  expect(later.standing?.capToldAt).toBe(60);
});

test("the phone was seen at the latest time told, and never in the future", () => {
  const seen = (at: number) => PhoneSeenReport.parse({ kind: "phone_seen", ...of, at });
  expect(factsAfter({}, seen(50), 60)).toEqual({ phoneSeenAt: 50 });
  expect(factsAfter({ phoneSeenAt: 55 }, seen(50), 60)).toEqual({ phoneSeenAt: 55 });
  expect(factsAfter({ phoneSeenAt: 55 }, seen(9_000), 60)).toEqual({ phoneSeenAt: 60 });
});
