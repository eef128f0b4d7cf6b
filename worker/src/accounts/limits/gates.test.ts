import { expect, test } from "vitest";
import { capLeft, coldHold, type GateFacts, gatesOf } from "./gates.ts";

const NOW = 1_000_000;
const open: GateFacts = {
  isRestricted: false,
  standing: undefined,
  coldClosedUntil: null,
  score: 100,
  quietUntil: null,
};
const lock = (until: number | null, is_active = true) => ({
  timeLock: { is_active, until, kind: null },
  newChatCap: null,
});
const cap = (facts: object) => ({
  timeLock: null,
  newChatCap: { used: 3, total: 10, status: "none", cycle_end: NOW + 9, ...facts } as const,
});

test("nothing in the way holds nothing", () => {
  expect(gatesOf(open, NOW)).toEqual({ direct: null, campaign: null, strangers: null });
});

test.each<[string, Partial<GateFacts>, object]>([
  ["a time-lock", { standing: lock(NOW + 5) }, { reason: "time_lock", until: NOW + 5 }],
  ["a time-lock without an end", { standing: lock(null) }, { reason: "time_lock", until: null }],
  [
    "a refused first message",
    { coldClosedUntil: NOW + 7 },
    { reason: "time_lock", until: NOW + 7 },
  ],
  [
    "a cap that is reached",
    { standing: cap({ status: "capped" }) },
    { reason: "new_chat_cap", until: NOW + 9 },
  ],
  ["a cap used up", { standing: cap({ used: 10 }) }, { reason: "new_chat_cap", until: NOW + 9 }],
  ["a restricted number", { isRestricted: true }, { reason: "restricted", until: null }],
])("%s holds campaigns and strangers, and lets the rest go", (_, facts, hold) => {
  expect(gatesOf({ ...open, ...facts }, NOW)).toEqual({
    direct: null,
    campaign: hold,
    strangers: hold,
  });
});

test.each<[string, Partial<GateFacts>]>([
  ["a lock that is over", { standing: lock(NOW) }],
  ["a lock that WhatsApp has lifted", { standing: lock(NOW + 5, false) }],
  ["a refusal of long ago", { coldClosedUntil: NOW }],
  ["a cap of the last cycle", { standing: cap({ status: "capped", cycle_end: NOW }) }],
  ["a warning", { standing: cap({ status: "second_warning" }) }],
])("%s holds nothing", (_, facts) => {
  expect(coldHold({ ...open, ...facts }, NOW)).toBeNull();
});

test("a weak health holds campaigns alone, quiet hours all but replies", () => {
  expect(gatesOf({ ...open, score: 49 }, NOW)).toEqual({
    direct: null,
    campaign: { reason: "low_health", until: null },
    strangers: null,
  });
  const quiet = { reason: "quiet_hours", until: NOW + 3 };
  expect(gatesOf({ ...open, quietUntil: NOW + 3 }, NOW)).toEqual({
    direct: quiet,
    campaign: quiet,
    strangers: null,
  });
});

test("what was begun since WhatsApp told its cap counts as well", () => {
  const standing = { ...cap({ used: 7 }), capToldAt: NOW - 50 };
  const begun = (at: number) => (at === NOW - 50 ? 2 : 0);
  expect(capLeft(standing, begun, NOW)).toEqual({ left: 1, until: NOW + 9 });
  expect(capLeft({ ...standing, capToldAt: NOW }, begun, NOW)).toEqual({ left: 3, until: NOW + 9 });
  expect(capLeft(standing, () => 9, NOW)?.left).toBe(0);
  expect(capLeft(standing, begun, NOW + 9)).toBeNull();
  expect(capLeft(undefined, begun, NOW)).toBeNull();
});
