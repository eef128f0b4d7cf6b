import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { hashPassword, isPassword, NOBODYS_HASH } from "./password.ts";

test("only the password itself fits its hash", async () => {
  const hash = await hashPassword("correct horse battery", randomBytes);
  expect(hash).toMatch(/^scrypt\$14\$8\$5\$/);
  expect(await isPassword("correct horse battery", hash)).toBe(true);
  expect(await isPassword("correct horse battery ", hash)).toBe(false);
});

test("two hashes of one password differ", async () => {
  const [one, other] = await Promise.all([
    hashPassword("correct horse", randomBytes),
    hashPassword("correct horse", randomBytes),
  ]);
  expect(one).not.toBe(other);
});

test("a letter with an accent is the same however the keyboard composes it", async () => {
  const hash = await hashPassword("caf\u00e9 caf\u00e9 caf\u00e9", randomBytes);
  expect(await isPassword("cafe\u0301 cafe\u0301 cafe\u0301", hash)).toBe(true);
});

test("nobody's hash costs what a real one costs, and fits no password", async () => {
  const real = await hashPassword("correct horse", randomBytes);
  expect(NOBODYS_HASH.split("$").slice(0, 4)).toEqual(real.split("$").slice(0, 4));
  expect(NOBODYS_HASH).toHaveLength(real.length);
  expect(await isPassword("", NOBODYS_HASH)).toBe(false);
});
