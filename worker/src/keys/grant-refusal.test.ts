import { type Id, newId } from "@roost/contract/ids";
import { CreateKey } from "@roost/contract/keys";
import { type Scope, scopes } from "@roost/contract/scopes";
import { assert, constantFrom, property, uniqueArray } from "fast-check";
import { expect, test } from "vitest";
import { grantRefusal, isVisible } from "./grant-refusal.ts";

const account = (n: number): Id<"account"> => newId("account", n, new Uint8Array(16));
const [one, two, foreign] = [account(1), account(2), account(3)];
const own = [one, two];
const maker = (held: readonly Scope[], accounts: Id<"account">[] | null = null) => ({
  scopes: new Set(held),
  accounts,
});
const key = (facts: Partial<CreateKey> = {}): CreateKey => ({
  name: "Orders",
  scopes: ["messages:send"],
  ...facts,
});

test("an owner may make any key for the tenant's accounts", () => {
  expect(
    grantRefusal(maker(scopes), key({ scopes: [...scopes], accounts: [one] }), own, 0),
  ).toBeNull();
  expect(grantRefusal(maker(scopes), key(), own, 0)).toBeNull();
});

test("nobody grants a scope that they lack, whatever the scopes are", () => {
  const some = uniqueArray(constantFrom(...scopes), { minLength: 1 });
  assert(
    property(some, some, (held, asked) => {
      const refusal = grantRefusal(maker(held), key({ scopes: asked }), own, 0);
      const isWithin = asked.every((scope) => held.includes(scope));
      expect(refusal?.code ?? null).toBe(isWithin ? null : "forbidden");
    }),
  );
});

test("a maker bound to accounts makes keys bound to some of them", () => {
  const bound = maker(scopes, [one]);
  expect(grantRefusal(bound, key({ accounts: [one] }), own, 0)).toBeNull();
  expect(grantRefusal(bound, key(), own, 0)?.code).toBe("forbidden");
  expect(grantRefusal(bound, key({ accounts: [one, two] }), own, 0)?.code).toBe("not_found");
});

test("another tenant's account is refused like one that does not exist", () => {
  expect(grantRefusal(maker(scopes), key({ accounts: [foreign] }), own, 0)).toEqual(
    grantRefusal(maker(scopes), key({ accounts: [account(4)] }), own, 0),
  );
});

test("a key that is over before it begins is refused", () => {
  const past = key({ expires_at: "2026-01-01T00:00:00Z" });
  expect(grantRefusal(maker(scopes), past, own, Date.parse("2026-01-01T00:00:00Z"))?.code).toBe(
    "validation_failed",
  );
  expect(grantRefusal(maker(scopes), past, own, 0)).toBeNull();
});

test("no accounts at all is a mistake, not a key for everything", () => {
  expect(CreateKey.safeParse({ ...key(), accounts: [] }).success).toBe(false);
});

test("a viewer bound to accounts sees the keys within them alone", () => {
  expect(isVisible({ accounts: null }, { accounts: null })).toBe(true);
  expect(isVisible({ accounts: [one] }, { accounts: null })).toBe(false);
  expect(isVisible({ accounts: [one] }, { accounts: [one] })).toBe(true);
  expect(isVisible({ accounts: [one] }, { accounts: [one, two] })).toBe(false);
});
