import { expect, test } from "vitest";
import { methodsOf } from "./unmatched.ts";

const routes = [
  { method: "ALL", path: "/*" },
  { method: "POST", path: "/v1/keys" },
  { method: "GET", path: "/v1/keys" },
  { method: "DELETE", path: "/v1/keys/:id" },
];

test("a known path names its methods", () => {
  expect(methodsOf(routes, "/v1/keys")).toEqual(["GET", "POST"]);
  expect(methodsOf(routes, "/v1/keys/key_1")).toEqual(["DELETE"]);
});

test("an unknown path has none", () => {
  expect(methodsOf(routes, "/v1/keys/key_1/more")).toEqual([]);
  expect(methodsOf(routes, "/v1")).toEqual([]);
  expect(methodsOf(routes, "/v1/keys/batch")).toEqual([]);
});
