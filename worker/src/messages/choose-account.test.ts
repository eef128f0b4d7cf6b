import { expect, test } from "vitest";
import type { Candidate } from "../accounts/candidate.ts";
import { chooseAccount, whyNone } from "./choose-account.ts";

function account(name: string, facts: Partial<Candidate> = {}): Candidate {
  return {
    id: `acc_${name}`,
    state: "connected",
    health: 100,
    queue_state: "active",
    left: 100,
    isColdClosed: false,
    chats: [null],
    hasWritten: [false],
    ...facts,
  };
}

function choose(candidates: Candidate[], turn = 0): string | null {
  return chooseAccount(candidates, 0, turn)?.id ?? null;
}

test("equals take turns", () => {
  const equals = [account("a"), account("b"), account("c"), account("d", { health: 99 })];
  const chosen = [0, 1, 2, 3].map((turn) => choose(equals, turn));
  expect(chosen).toEqual(["acc_a", "acc_b", "acc_c", "acc_a"]);
});

test("an account without budget is passed over, and so is one that may only answer", () => {
  expect(choose([account("a", { left: 0 }), account("b", { health: 60 })])).toBe("acc_b");
  expect(choose([account("a", { isColdClosed: true }), account("b", { left: 0 })])).toBe("acc_b");
  // To somebody it has a chat with it still writes.
  expect(choose([account("a", { isColdClosed: true, chats: [1] }), account("b")])).toBe("acc_a");
});

test("the account that already has the chat goes first, even if another is healthier", () => {
  const chosen = choose([account("a"), account("b", { chats: [5], health: 60 })]);
  expect(chosen).toBe("acc_b");
});

test("otherwise the healthiest connected one, and never one that takes no messages", () => {
  const chosen = choose([
    account("a", { state: "reconnecting" }),
    account("b", { queue_state: "frozen" }),
    account("c", { health: 70 }),
    account("d", { health: 90 }),
  ]);
  expect(chosen).toBe("acc_d");
});

test("while none is connected, one that is about to be: the message waits there", () => {
  const chosen = choose([
    account("a", { state: "restricted" }),
    account("b", { state: "reconnecting", queue_state: "draining" }),
    account("c", { state: "connecting" }),
  ]);
  expect(chosen).toBe("acc_c");
});

test("a restricted account goes on answering those who have written to it, beside one that may do more", () => {
  const restricted = (hasWritten: boolean) =>
    account("a", { state: "restricted", chats: [2], hasWritten: [hasWritten] });
  expect(choose([restricted(true), account("b")])).toBe("acc_a");
  expect(choose([restricted(true), account("b", { chats: [1] })])).toBe("acc_a");
  expect(choose([restricted(false), account("b")])).toBe("acc_b");
});

test("where WhatsApp lets none begin chats, the one that has the chat: it knows whether this is an answer", () => {
  const restricted = account("a", { state: "restricted", chats: [1] });
  expect(choose([restricted, account("b", { state: "restricted" })])).toBe("acc_a");
  expect(choose([restricted, account("b")])).toBe("acc_b");
  expect(choose([account("b", { state: "restricted" })])).toBeNull();
});

test("none, when none is linked", () => {
  expect(choose([account("a", { state: "logged_out" })])).toBeNull();
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
  expect(choose(candidates)).toBeNull();
  expect(whyNone(candidates)).toMatchObject({ code, detail: expect.stringContaining(words) });
});
