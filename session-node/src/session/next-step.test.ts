import * as fc from "fast-check";
import { expect, test } from "vitest";
import { defaultTimings as timings, growingPause } from "../timings.ts";
import { type Ending as Way, endings } from "@roost/contract/endings";
import { wayOf } from "../whatsapp/ways-to-end.ts";
import { type Facts, type Linking, nextStep } from "./next-step.ts";

const linked: Facts = {
  ending: { cause: "upstream", code: 428 },
  linking: null,
  openForMs: null,
  failures: 1,
};
const waiting: Linking = { method: "qr", isPaired: false, hasShownCode: false };
const step = (facts: Partial<Facts>) => nextStep({ ...linked, ...facts }, timings, 0.5);
const upstream = (code: number) => ({ cause: "upstream" as const, code });

test("a lost connection is tried again with growing pauses, up to five minutes", () => {
  const pauses = [1, 2, 3, 8, 30].map((failures) => {
    const next = step({ failures });
    return next.kind === "reconnect" ? next.pauseMs : null;
  });
  expect(pauses).toEqual([375, 750, 1_500, 48_000, 225_000]);
});

test("a connection that was open for long counts as the first failure again", () => {
  expect(step({ failures: 9, openForMs: timings.settledMs })).toMatchObject({ failures: 1 });
  expect(step({ failures: 9, openForMs: 10 })).toMatchObject({ failures: 9 });
});

test("515 reconnects at once, but not for ever", () => {
  expect(step({ ending: upstream(515) })).toMatchObject({ kind: "reconnect", pauseMs: 0 });
  expect(step({ ending: upstream(515), failures: 6 })).not.toMatchObject({ pauseMs: 0 });
  expect(step({ ending: upstream(515), failures: 20 })).toMatchObject({ reason: "gave_up" });
});

test("a lost network is never given up, an unknown refusal is", () => {
  expect(step({ failures: 1_000 }).kind).toBe("reconnect");
  expect(step({ ending: upstream(999), failures: 20 })).toMatchObject({ reason: "gave_up" });
});

test.each([
  ["qr_ran_out", "link_expired", "expired"],
  ["code_not_typed", "code_not_confirmed", "expired"],
  ["passkey", "passkey_demanded", "failed"],
  ["code_refused", "code_refused", "failed"],
] as const)("%s ends linking: %s", (cause, reason, state) => {
  const ending = { cause, code: null };
  expect(step({ ending, linking: waiting })).toEqual({ kind: "end", reason, link: { state } });
});

test("a QR whose connection breaks is replaced, with fresh credentials, but not for ever", () => {
  expect(step({ linking: waiting }).kind).toBe("link_again");
  expect(step({ linking: waiting, failures: 6 })).toMatchObject({ reason: "link_interrupted" });
});

test("a code that somebody may be typing is never replaced silently", () => {
  const linking: Linking = { method: "code", isPaired: false, hasShownCode: true };
  expect(step({ linking })).toMatchObject({ kind: "end", reason: "link_interrupted" });
});

test("after pairing a new connection is part of linking, and a refusal fails it", () => {
  const linking = { ...waiting, isPaired: true };
  expect(step({ ending: upstream(515), linking })).toMatchObject({ kind: "reconnect" });
  expect(step({ ending: upstream(401), linking })).toEqual({
    kind: "end",
    reason: "link_refused",
    link: { state: "failed" },
  });
});

test("a phone that accepted us and does not let us in fails the attempt", () => {
  const linking = { ...waiting, isPaired: true };
  const ending = { cause: "not_confirmed", code: null } as const;
  expect(step({ ending, linking })).toMatchObject({ kind: "end", reason: "link_not_confirmed" });
});

test("a ban for a time ends the session with its end", () => {
  const ending = { ...upstream(402), until: 9_000 };
  expect(step({ ending })).toEqual({
    kind: "end",
    reason: "temporarily_banned",
    link: null,
    until: 9_000,
  });
});

test.each(Object.values<Way>(endings).flatMap(({ codes }) => [...codes]))(
  "a linked account's code %i does what its row says",
  (code) => {
    const way = wayOf(upstream(code));
    const first = step({ ending: upstream(code) });
    const isEnd = way.again === "never" || way.again === "when_over";
    expect(first.kind).toBe(isEnd ? "end" : "reconnect");
    expect(first).toMatchObject({ reason: way.reason });
    const last = step({ ending: upstream(code), failures: way.giveUpAfter ?? 10_000 });
    expect(last.kind === "end").toBe(isEnd || way.giveUpAfter !== null);
  },
);

test("whatever happens, the step is one we can take and a linked account never links anew", () => {
  const codes = [...Object.values<Way>(endings).flatMap((way) => [...way.codes]), 418, null];
  const ending = fc.oneof(
    fc.record({ cause: fc.constant("upstream" as const), code: fc.constantFrom(...codes) }),
    fc.record({
      cause: fc.constantFrom(
        "upgrade_refused" as const,
        "deaf" as const,
        "unreadable_frame" as const,
        "edge_silent" as const,
        "passkey" as const,
        "qr_ran_out" as const,
        "code_not_typed" as const,
        "code_refused" as const,
        "not_confirmed" as const,
      ),
      code: fc.constant(null),
    }),
  );
  const facts = fc.record({
    ending,
    linking: fc.option(
      fc.record({
        method: fc.constantFrom("qr" as const, "code" as const),
        isPaired: fc.boolean(),
        hasShownCode: fc.boolean(),
      }),
    ),
    openForMs: fc.option(fc.nat(100_000)),
    failures: fc.integer({ min: 1, max: 10_000 }),
  });
  fc.assert(
    fc.property(facts, fc.double({ min: 0, max: 0.999, noNaN: true }), (given, random) => {
      const next = nextStep(given, timings, random);
      const pauseMs = next.kind === "end" ? 0 : next.pauseMs;
      expect(pauseMs).toBeGreaterThanOrEqual(0);
      expect(pauseMs).toBeLessThanOrEqual(timings.reconnectPause.capMs);
      const saysHowLinkingEnded = next.kind === "end" && next.link !== null;
      expect(saysHowLinkingEnded).toBe(next.kind === "end" && given.linking !== null);
      const isUnpaired = given.linking !== null && !given.linking.isPaired;
      expect(next.kind === "link_again" ? isUnpaired : true).toBe(true);
    }),
  );
});

test("half of a pause is chance, and it never exceeds its cap", () => {
  const pause = { firstMs: 1_000, capMs: 60_000 };
  expect(growingPause(1, pause, 0)).toBe(500);
  expect(growingPause(1, pause, 0.999)).toBe(1_000);
  expect(growingPause(99, pause, 0.999)).toBeLessThanOrEqual(60_000);
});
