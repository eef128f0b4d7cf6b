import * as fc from "fast-check";
import { expect, test } from "vitest";
import { loginPath, safeNextPath } from "./next-path.ts";

test("a path of this site is kept with its query", () => {
  expect(safeNextPath("/chats/cht_1?after=2")).toBe("/chats/cht_1?after=2");
});

test.each([
  null,
  undefined,
  "",
  "accounts",
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example/",
  "/\t/evil.example/",
  "/.//evil.example",
  "javascript:alert(1)",
])("%j leads home", (next) => {
  expect(safeNextPath(next)).toBe("/accounts");
});

test("whatever the link said, a browser stays on this site", () => {
  const hostile = fc.string({ unit: fc.constantFrom("/", "\\", "\t", ".", "@", ":", "a", "?") });
  fc.assert(
    fc.property(hostile, (text) => {
      const base = "https://roost.example";
      expect(new URL(safeNextPath(`/${text}`), base).origin).toBe(base);
    }),
  );
});

test("the login leads back to the page, and a post to where it was made", () => {
  const page = new Request("https://roost.example/keys?cursor=1");
  expect(loginPath(page)).toBe(`/login?next=${encodeURIComponent("/keys?cursor=1")}`);
  const post = new Request("https://roost.example/keys?cursor=1", { method: "POST" });
  expect(loginPath(post)).toBe(`/login?next=${encodeURIComponent("/keys")}`);
});
