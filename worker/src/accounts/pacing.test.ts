import * as fc from "fast-check";
import { expect, test } from "vitest";
import { planMessages } from "./pacing.ts";

const limits = {
  gap_ms: { min: 500, max: 2_000 },
  typing: { ms_per_character: 40, max_ms: 6_000 },
};

test("human messages follow each other with gaps within bounds and typing by length", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
  const chance = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(lengths, chance, (characters, random) => {
      const planned = planMessages(
        characters.map((length, n) => ({ n, pace: "human", length, expiresAt: null })),
        limits,
        { now: 1_000, freeAt: 0, random: () => random },
      );
      let through = 1_000;
      for (const [i, { notBefore, typingMs, giveUpAt }] of planned.entries()) {
        const gap = notBefore - through;
        expect(gap).toBeGreaterThanOrEqual(i === 0 ? 0 : 500);
        expect(gap).toBeLessThanOrEqual(2_000);
        expect(typingMs).toBe(Math.min(6_000, (characters[i] ?? 0) * 40));
        expect(giveUpAt).toBeGreaterThan(notBefore + typingMs);
        through = notBefore + typingMs;
      }
    }),
  );
});

test("asap neither waits nor types, and waits for nobody's typing", () => {
  const [planned] = planMessages([{ n: 1, pace: "asap", length: 100, expiresAt: null }], limits, {
    now: 1_000,
    freeAt: 9_000,
    random: () => 0.5,
  });
  expect(planned).toMatchObject({ notBefore: 1_000, typingMs: 0 });
});

test("a host gives a message back rather than begin it after it has expired", () => {
  const [planned] = planMessages([{ n: 1, pace: "asap", length: 1, expiresAt: 1_500 }], limits, {
    now: 1_000,
    freeAt: 0,
    random: () => 0,
  });
  expect(planned?.giveUpAt).toBe(1_500);
});
