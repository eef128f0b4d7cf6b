import { Role, scopes } from "@roost/contract/scopes";
import { expect, test } from "vitest";
import { scopesOf } from "./role-scopes.ts";

test("an owner may do everything", () => {
  expect([...scopesOf("owner")]).toEqual([...scopes]);
});

test("an admin may do all but administer the tenant itself", () => {
  expect(scopes.filter((scope) => !scopesOf("admin").has(scope))).toEqual(["tenant:admin"]);
});

test("an agent talks to people, and neither links accounts nor makes keys", () => {
  const agent = scopesOf("agent");
  expect(agent.has("messages:send")).toBe(true);
  expect(agent.has("accounts:write")).toBe(false);
  expect(agent.has("keys:write")).toBe(false);
});

test("a viewer only reads", () => {
  for (const scope of scopesOf("viewer")) expect(scope).toMatch(/:read$/);
});

test("each role may do all that the next one may", () => {
  for (const [index, role] of Role.options.slice(1).entries()) {
    const above = Role.options[index];
    for (const scope of scopesOf(role)) expect(above && scopesOf(above).has(scope)).toBe(true);
  }
});
