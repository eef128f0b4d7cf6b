import crypto, { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { expect, test } from "vitest";

// The named imports are Node's own functions; those of the default object are replaced below.
await import("./key-objects.ts");

test.each([0, 1, 32, 64, 200])("an HMAC with a key of %i bytes is the same", (bytes) => {
  const key = randomBytes(bytes);
  const data = randomBytes(100);
  for (const algorithm of ["sha256", "sha512"]) {
    const expected = createHmac(algorithm, key).update(data).digest("hex");
    expect(crypto.createHmac(algorithm, key).update(data).digest("hex")).toBe(expected);
  }
  expect(crypto.createHmac("sha256", "text").update(data).digest()).toEqual(
    createHmac("sha256", "text").update(data).digest(),
  );
});

test.each(["aes-256-cbc", "aes-256-ctr"])("%s encrypts and decrypts the same", (algorithm) => {
  const key = randomBytes(32);
  const iv = randomBytes(16);
  const plain = randomBytes(100);
  const encrypt = (cipher: crypto.Cipheriv) =>
    Buffer.concat([cipher.update(plain), cipher.final()]);
  const sealed = encrypt(crypto.createCipheriv(algorithm, key, iv));
  expect(sealed).toEqual(encrypt(createCipheriv(algorithm, key, iv)));
  for (const open of [
    createDecipheriv(algorithm, key, iv),
    crypto.createDecipheriv(algorithm, key, iv),
  ]) {
    expect(Buffer.concat([open.update(sealed), open.final()])).toEqual(plain);
  }
});

test("aes-256-gcm authenticates the same", () => {
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const options = { authTagLength: 16 };
  const cipher = crypto
    .createCipheriv("aes-256-gcm", key, iv, options)
    .setAAD(Buffer.from("bound"));
  const sealed = Buffer.concat([cipher.update("secret"), cipher.final()]);
  const open = createDecipheriv("aes-256-gcm", key, iv, options).setAAD(Buffer.from("bound"));
  open.setAuthTag(cipher.getAuthTag());
  expect(Buffer.concat([open.update(sealed), open.final()]).toString()).toBe("secret");
  const forged = crypto.createDecipheriv("aes-256-gcm", key, iv, options);
  forged.setAuthTag(randomBytes(16)).update(sealed);
  expect(() => forged.final()).toThrow("authenticate");
});

test("a key of the wrong length is refused as before", () => {
  expect(() => crypto.createCipheriv("aes-256-cbc", randomBytes(31), randomBytes(16))).toThrow(
    "Invalid key length",
  );
});
