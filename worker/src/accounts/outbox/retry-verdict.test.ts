import { ABSENT_FOR_MS } from "@roost/contract/host";
import { expect, test } from "vitest";
import { type RetryFacts, retryVerdict } from "./retry-verdict.ts";

const now = 10_000_000;

function failed(code: string, retryable: boolean, facts: Partial<RetryFacts> = {}): RetryFacts {
  const error = { code, detail: "", retryable };
  return { state: "failed", since: now - 1, error, expiresAt: null, isNamed: false, ...facts };
}

test.each<[string, RetryFacts, string]>([
  ["what may get better", failed("rate_limited_by_whatsapp", true), "retry"],
  ["what will not", failed("refused_by_whatsapp", false), "refuse"],
  ["463, whatever else is said of it", failed("restricted", true, { isNamed: true }), "refuse"],
  ["a number that was just looked up", failed("not_on_whatsapp", false), "refuse"],
  [
    "a number that may be on WhatsApp by now",
    failed("not_on_whatsapp", false, { since: now - ABSENT_FOR_MS }),
    "retry",
  ],
  ["one whose time is over", failed("not_encrypted", true, { expiresAt: now }), "refuse"],
  ["what may have gone out", failed("no_ack", true, { state: "unconfirmed" }), "pass_over"],
  [
    "what may have gone out, by name",
    failed("no_ack", false, { state: "unconfirmed", isNamed: true }),
    "retry",
  ],
  ["what was sent", failed("", true, { state: "sent" }), "pass_over"],
  ["what was sent, by name", failed("", true, { state: "sent", isNamed: true }), "refuse"],
  [
    "what was cancelled, by name",
    failed("", true, { state: "cancelled", isNamed: true }),
    "refuse",
  ],
])("%s", (_, facts, verdict) => {
  expect(retryVerdict(facts, now)).toBe(verdict);
});
