import * as fc from "fast-check";
import { expect, test } from "vitest";
import { campaignSlots, planMessages } from "./pacing.ts";

const freeAt = { reply: 0, direct: 0, campaign: 0 };
const clock = { now: 1_000, freeAt, campaignDoneAt: null, quietFrom: null, random: () => 0.5 };
const asap = { n: 1, lane: "direct", pace: "asap", length: 100, expiresAt: null } as const;

const limits = {
  gap_ms: { min: 500, max: 2_000 },
  campaign_gap_ms: { min: 2_000, max: 5_000 },
  typing: { ms_per_character: 40, max_ms: 6_000 },
};

test("human messages follow each other with gaps within bounds and typing by length", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
  const chance = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(lengths, chance, (characters, random) => {
      const planned = planMessages(
        characters.map((length, n) => ({ ...asap, n, pace: "human", length })),
        limits,
        { ...clock, random: () => random },
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
  const busy = { reply: 9_000, direct: 9_000, campaign: 9_000 };
  const [planned] = planMessages([asap], limits, { ...clock, freeAt: busy });
  expect(planned).toMatchObject({ notBefore: 1_000, typingMs: 0 });
});

test("a host gives a message back rather than begin it after it has expired", () => {
  const [planned] = planMessages([{ ...asap, expiresAt: 1_500 }], limits, clock);
  expect(planned?.giveUpAt).toBe(1_500);
});

test("a reply waits for no campaign message, and a campaign message for all others", () => {
  const human = { ...asap, pace: "human" } as const;
  const messages = [
    { ...human, n: 1, lane: "reply" },
    { ...human, n: 2, lane: "campaign" },
  ] as const;
  const busy = { reply: 0, direct: 20_000, campaign: 60_000 };
  const planned = planMessages(messages, limits, { ...clock, freeAt: busy });
  expect(planned[0]?.notBefore).toBe(1_000);
  expect(planned[1]?.notBefore).toBeGreaterThanOrEqual(60_000);
});

test("campaign messages keep their gap, whatever their pace, also to the last one that went out", () => {
  const random = fc.double({ min: 0, max: 0.999, noNaN: true });
  const paces = fc.array(fc.constantFrom("human", "asap"), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(paces, random, fc.nat(10_000), (all, chance, ago) => {
      const planned = planMessages(
        all.map((pace, n) => ({ ...asap, n, lane: "campaign", pace })),
        limits,
        { ...clock, now: 10_000, campaignDoneAt: 10_000 - ago, random: () => chance },
      );
      let last = 10_000 - ago;
      for (const { notBefore, typingMs } of planned) {
        expect(notBefore).toBeGreaterThanOrEqual(Math.max(10_000, last + 2_000));
        expect(notBefore).toBeLessThanOrEqual(Math.max(10_000, last + 5_000));
        last = notBefore + typingMs;
      }
    }),
  );
});

test("what is not a reply is given back when the quiet hours begin", () => {
  const reply = { ...asap, lane: "reply" } as const;
  const planned = planMessages([asap, reply], limits, { ...clock, quietFrom: 2_000 });
  expect(planned.map(({ giveUpAt }) => giveUpAt)).toEqual([2_000, 31_000]);
});

test("a host is given a minute of a campaign, and more when less than a third of it is left", () => {
  expect(campaignSlots(limits, 0, 1_000)).toBe(17);
  expect(campaignSlots(limits, 22_000, 1_000)).toBe(0);
  expect(campaignSlots(limits, 15_000, 1_000)).toBe(13);
  expect(campaignSlots({ campaign_gap_ms: { min: 0, max: 0 } }, 0, 1_000)).toBe(20);
});
