import { expect, test } from "vitest";
import { findChromium } from "./chromium.ts";

test("a browser in a usual place is found", () => {
  expect(findChromium({}, (path) => path === "/usr/bin/google-chrome")).toBe(
    "/usr/bin/google-chrome",
  );
});

test("without a browser a sentence says how to get one", () => {
  expect(() => findChromium({}, () => false)).toThrow(/install it .* or set CHROMIUM_PATH/);
});

test("a chosen browser that is not there is not replaced by another one", () => {
  const environment = { CHROMIUM_PATH: "/nowhere/chromium" };
  expect(() => findChromium(environment, (path) => path !== "/nowhere/chromium")).toThrow(
    /no such file/,
  );
});
