import { Limits } from "@roost/contract/accounts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fieldOf, limitsOf } from "./limits-of-form.server.ts";
import { valuesOf } from "./limits-values.ts";

const whole = (max: number, min = 0) => fc.integer({ min, max });
const gap = fc
  .tuple(whole(600_000), whole(600_000))
  .map(([one, other]) => ({ min: Math.min(one, other), max: Math.max(one, other) }));
const anyLimits = fc.record({
  per_minute: whole(100_000, 1),
  per_hour: whole(1_000_000, 1),
  per_day: whole(10_000_000, 1),
  gap_ms: gap,
  campaign_gap_ms: gap,
  typing: fc.record({ ms_per_character: whole(1_000), max_ms: whole(60_000) }),
  lane_shares: fc.record({ direct: whole(100, 1), campaign: whole(100, 1) }),
  new_chats_per_day: whole(100_000),
  warm_up: fc.boolean(),
  quiet_hours: fc.option(
    fc.constant({ start: "22:00", end: "08:00", time_zone: "America/Sao_Paulo" }),
  ),
});

function formOf(values: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, value);
  return form;
}

test("a form that is saved as it was shown changes nothing, to the millisecond", () => {
  fc.assert(
    fc.property(anyLimits, (limits) => {
      expect(limitsOf(formOf(valuesOf(limits, "UTC")))).toEqual(limits);
    }),
  );
});

test("what is left empty is no zero: the API refuses it, and the form knows where", () => {
  const refused = Limits.safeParse(limitsOf(new FormData()));
  const paths = refused.error?.issues.map(({ path }) => path.join(".")) ?? [];
  expect(paths).toContain("per_minute");
  const shown = Object.keys(valuesOf(shownLimits, "UTC"));
  for (const path of paths) expect(shown).toContain(fieldOf[path] ?? path);
});

const shownLimits: Limits = {
  per_minute: 20,
  per_hour: 500,
  per_day: 5_000,
  gap_ms: { min: 0, max: 0 },
  campaign_gap_ms: { min: 0, max: 0 },
  typing: { ms_per_character: 0, max_ms: 0 },
  lane_shares: { direct: 90, campaign: 60 },
  new_chats_per_day: 200,
  warm_up: true,
  quiet_hours: { start: "22:00", end: "08:00", time_zone: "UTC" },
};
