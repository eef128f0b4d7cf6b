import { expect, test } from "vitest";
import { isForeign } from "./origin-check.ts";

const own = "https://roost.example";
const post = { method: "POST", origin: own, hasCookie: true, hasKey: false };

test.each([
  ["our own page", post, false],
  ["another site", { ...post, origin: "https://evil.example" }, true],
  ["a page that hides where it is", { ...post, origin: "null" }, true],
  ["a sub-domain of ours", { ...post, origin: "https://x.roost.example" }, true],
  ["our name without https", { ...post, origin: "http://roost.example" }, true],
  ["nobody says where from, with a cookie", { ...post, origin: undefined }, true],
  ["a client without a cookie", { ...post, origin: undefined, hasCookie: false }, false],
  ["another site without a cookie", { ...post, origin: "https://a.b", hasCookie: false }, true],
  ["a key, from anywhere", { ...post, origin: "https://a.b", hasKey: true }, false],
  ["another site that only reads", { ...post, method: "GET", origin: "https://a.b" }, false],
  ["another site that deletes", { ...post, method: "DELETE", origin: "https://a.b" }, true],
])("%s: is it foreign?", (_, request, expected) => {
  expect(isForeign(request, own)).toBe(expected);
});
