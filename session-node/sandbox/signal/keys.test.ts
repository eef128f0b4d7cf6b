import { randomBytes } from "node:crypto";
import { Curve } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { newKeyPair, sharedSecret, sign, signingKeyPair, verify } from "./keys.ts";

test("a natively made signature passes the independent verification", () => {
  for (let round = 0; round < 12; round++) {
    const key = signingKeyPair();
    const message = randomBytes(40);
    const signature = sign(key, message);
    expect(verify(key.public, message, signature)).toBe(true);
    expect(verify(signingKeyPair().public, message, signature)).toBe(false);
    expect(verify(key.public, randomBytes(40), signature)).toBe(false);
  }
});

test("a signing key agrees on secrets like any other key", () => {
  const mine = signingKeyPair();
  const theirs = newKeyPair();
  const secret = sharedSecret(mine.private, theirs.public);
  expect(sharedSecret(theirs.private, mine.public)).toEqual(secret);
  expect(Curve.sharedKey(theirs.private, mine.public)).toEqual(secret);
});

test("the same seed gives the same key", () => {
  const key = signingKeyPair();
  expect(signingKeyPair(key.seed)).toEqual(key);
});
