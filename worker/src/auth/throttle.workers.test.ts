import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { createSystem } from "../context.ts";
import { bucket, countTry, FORGET_MS, MAX_WAIT_MS, refuseHeld, takeBack } from "./throttle.ts";

let at = Date.now();
const system = { ...createSystem(env, readConfig(env), () => undefined), now: () => at };
const givenBucket = (free: number) => bucket(system, crypto.randomUUID(), { free, stepMs: 1_000 });

async function isHeld(each: ReturnType<typeof givenBucket>): Promise<boolean | undefined> {
  const [tries] = await countTry(system, [each]);
  return tries?.isHeld;
}

test("the free tries pass, then each one makes the next wait twice as long", async () => {
  const each = givenBucket(3);
  for (let n = 1; n <= 3; n++) expect(await isHeld(each)).toBe(false);
  for (const waitMs of [1_000, 2_000, 4_000, 8_000]) {
    at += waitMs - 1;
    expect(await isHeld(each)).toBe(true);
    at += 1;
    expect(await isHeld(each)).toBe(false);
  }
});

test("a try that comes too early does not lengthen the wait", async () => {
  const each = givenBucket(1);
  expect(await isHeld(each)).toBe(false);
  for (let n = 0; n < 20; n++) expect(await isHeld(each)).toBe(true);
  at += 1_000;
  expect(await isHeld(each)).toBe(false);
});

test("no wait is longer than a quarter of an hour", async () => {
  const each = givenBucket(1);
  for (let n = 0; n < 40; n++) {
    expect(await isHeld(each)).toBe(false);
    at += MAX_WAIT_MS;
  }
});

test("tries at the same moment are all counted", async () => {
  const each = givenBucket(5);
  const answers = await Promise.all(Array.from({ length: 12 }, () => isHeld(each)));
  expect(answers.filter((held) => held === false)).toHaveLength(5);
});

test("an hour of quiet forgets everything", async () => {
  const each = givenBucket(1);
  for (let n = 0; n < 8; n++) {
    await isHeld(each);
    at += 2 ** n * 1_000;
  }
  at += FORGET_MS;
  expect(await isHeld(each)).toBe(false);
  at += 999;
  expect(await isHeld(each)).toBe(true);
  at += 1;
  expect(await isHeld(each)).toBe(false);
});

test("a rightful try is taken back", async () => {
  const each = givenBucket(3);
  for (let n = 0; n < 10; n++) {
    expect(await isHeld(each)).toBe(false);
    await takeBack(system, [each]);
  }
});

test("who is held is told how many seconds to wait", () => {
  const held = (retryAt: number) => [{ key: "a", isHeld: true, retryAt }];
  expect(() => refuseHeld(held(8_000), 900)).toThrow("Wait 8 seconds, then try again.");
  expect(() => refuseHeld(held(1_000), 999)).toThrow("Wait 1 second, then try again.");
  expect(() => refuseHeld([{ key: "a", isHeld: false, retryAt: 8_000 }], 0)).not.toThrow();
});
