import { expect, test } from "vitest";
import type { Candidate } from "../accounts/account-object.ts";
import { chooseAccount, whyNone } from "./choose-account.ts";

function account(name: string, facts: Partial<Candidate> = {}): Candidate {
  return {
    id: `acc_${name}`,
    state: "connected",
    health: 100,
    queue_state: "active",
    chatAt: null,
    ...facts,
  };
}

test("the account that already has the chat goes first, even if another is healthier", () => {
  const chosen = chooseAccount([account("a"), account("b", { chatAt: 5, health: 60 })]);
  expect(chosen).toBe("acc_b");
});

test("otherwise the healthiest connected one, and never one that takes no messages", () => {
  const chosen = chooseAccount([
    account("a", { state: "reconnecting" }),
    account("b", { queue_state: "frozen" }),
    account("c", { health: 70 }),
    account("d", { health: 90 }),
  ]);
  expect(chosen).toBe("acc_d");
});

test("while none is connected, one that is about to be: the message waits there", () => {
  const chosen = chooseAccount([
    account("a", { state: "restricted" }),
    account("b", { state: "reconnecting", queue_state: "draining" }),
    account("c", { state: "connecting" }),
  ]);
  expect(chosen).toBe("acc_c");
});

test("none, when none is linked", () => {
  expect(chooseAccount([account("a", { state: "logged_out" })])).toBeNull();
});

test.each<[string, Candidate[], string, string]>([
  ["no account", [], "account_unlinked", "Create one"],
  [
    "none linked",
    [account("a", { state: "unlinked" })],
    "account_unlinked",
    "No account is linked",
  ],
  [
    "a frozen queue",
    [account("a", { queue_state: "frozen" }), account("b", { state: "logged_out" })],
    "queue_closed",
    "is frozen",
  ],
  [
    "closed queues",
    [account("a", { queue_state: "frozen" }), account("b", { queue_state: "draining" })],
    "queue_closed",
    "all linked accounts",
  ],
  ["a restriction", [account("a", { state: "restricted" })], "account_restricted", "restricts"],
  ["a stopped one", [account("a", { state: "parked" })], "invalid_state", "Restart"],
  ["a banned one", [account("a", { state: "banned" })], "account_restricted", "banned"],
  [
    "a banned one beside one that can be linked",
    [account("a", { state: "banned" }), account("b", { state: "logged_out" })],
    "account_unlinked",
    "Link a phone",
  ],
])("the true cause is told: %s", (_, candidates, code, words) => {
  expect(chooseAccount(candidates)).toBeNull();
  expect(whyNone(candidates)).toMatchObject({ code, detail: expect.stringContaining(words) });
});
