import { expect, test } from "vitest";
import { expiryOf, presetOf, presets, scopeGroups } from "./presets.ts";

test("every scope of a preset can be seen and unticked", () => {
  const offered = scopeGroups.flatMap(({ scopes }) => scopes.map(({ scope }) => scope));
  for (const preset of presets) {
    for (const scope of preset.scopes) expect(offered).toContain(scope);
  }
});

test("without a choice a key can send and follow, not administer", () => {
  expect(presetOf(null).scopes).not.toContain("keys:write");
  expect(presetOf("nonsense")).toBe(presetOf(null));
});

test("a key expires after the days that were chosen, or not at all", () => {
  expect(expiryOf("30", 0)).toBe("1970-01-31T00:00:00.000Z");
  expect(expiryOf("", 0)).toBeNull();
  expect(expiryOf("-1", 0)).toBeNull();
});
