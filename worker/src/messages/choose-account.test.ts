import { expect, test } from "vitest";
import type { Candidate } from "../accounts/account-object.ts";
import { chooseAccount } from "./choose-account.ts";

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

test("none, when none is connected", () => {
  expect(chooseAccount([account("a", { state: "logged_out" })])).toBeNull();
});
