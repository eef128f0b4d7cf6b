import { expect, test } from "vitest";
import { CHANGE_WITHIN_MS, type ChangeFacts, changeWindow } from "./change-window.ts";

const SENT = 1_000;

function facts(changes: Partial<ChangeFacts> = {}): ChangeFacts {
  return {
    kind: "edit",
    isOurs: true,
    type: "text",
    state: "read",
    sentAt: SENT,
    revokedAt: null,
    ...changes,
  };
}

test.each(["edit", "revoke"] as const)("%s: until WhatsApp's window closes", (kind) => {
  const until = SENT + CHANGE_WITHIN_MS[kind];
  expect(changeWindow(facts({ kind }), until - 1)).toEqual({ ok: true, value: { until } });
  expect(changeWindow(facts({ kind }), until)).toMatchObject({
    ok: false,
    refusal: { code: "invalid_state" },
  });
});

test.each<[string, Partial<ChangeFacts>, string]>([
  ["another person's message", { isOurs: false }, "this account sent"],
  ["one that is revoked", { revokedAt: 5 }, "deleted for everyone already"],
  ["the text of a picture", { type: "image" }, "text message"],
  ["one that WhatsApp may not have", { state: "unconfirmed", sentAt: null }, "is unconfirmed"],
])("%s is not changed", (_, changes, words) => {
  expect(changeWindow(facts(changes), SENT)).toMatchObject({
    refusal: { code: "invalid_state", detail: expect.stringContaining(words) },
  });
});

test("a picture can be deleted", () => {
  expect(changeWindow(facts({ kind: "revoke", type: "image" }), SENT).ok).toBe(true);
});
