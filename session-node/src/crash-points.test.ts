import { expect, test } from "vitest";
import { Crasher, readCrashPlan } from "./crash-points.ts";

test.each([
  ["message_arrived", { point: "message_arrived", passing: 1 }],
  ["send_begun:7", { point: "send_begun", passing: 7 }],
  ["send_begun:0", null],
  ["send_begun:1:2", null],
  ["somewhere", null],
])("%s is read as %j", (text, plan) => {
  expect(readCrashPlan(text)).toEqual(plan);
});

test("it dies at the passing that was named, and at no other point", () => {
  let deaths = 0;
  const crasher = new Crasher({ point: "message_durable", passing: 3 }, () => (deaths += 1));
  for (let passing = 1; passing <= 3; passing++) {
    expect(deaths).toBe(0);
    crasher.passing("message_arrived");
    crasher.passing("message_durable");
  }
  expect(deaths).toBe(1);
});

test("without a plan nothing happens", () => {
  let deaths = 0;
  const crasher = new Crasher(null, () => (deaths += 1));
  crasher.passing("message_arrived");
  expect(deaths).toBe(0);
});
