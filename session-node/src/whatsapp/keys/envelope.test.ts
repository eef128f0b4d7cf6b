import { expect, test } from "vitest";
import { Envelope, UnreadableError } from "./envelope.ts";

const key = Buffer.alloc(32, 1);
const otherKey = Buffer.alloc(32, 2);
const plain = Buffer.from("a private key");

test("what is sealed for an account and a row can be read there again", () => {
  const envelope = Envelope.create("acc_1", [key]);
  const sealed = envelope.seal("creds", plain);
  expect(sealed).not.toContain(plain.toString("base64"));
  expect(Envelope.open("acc_1", envelope.wrapped, [key]).unseal("creds", sealed)).toEqual(plain);
});

test("the same plain text never looks the same twice", () => {
  const envelope = Envelope.create("acc_1", [key]);
  expect(envelope.seal("creds", plain)).not.toBe(envelope.seal("creds", plain));
});

test("a row cannot be moved to another name, another account, or be changed", () => {
  const envelope = Envelope.create("acc_1", [key]);
  const sealed = envelope.seal("session:1", plain);
  expect(() => envelope.unseal("session:2", sealed)).toThrow(UnreadableError);
  expect(() => Envelope.create("acc_1", [key]).unseal("session:1", sealed)).toThrow(
    UnreadableError,
  );
  const damaged = Buffer.from(sealed, "base64");
  damaged[20] = (damaged[20] ?? 0) ^ 1;
  expect(() => envelope.unseal("session:1", damaged.toString("base64"))).toThrow(UnreadableError);
  expect(() => Envelope.open("acc_2", envelope.wrapped, [key])).toThrow(UnreadableError);
});

test("a wrapped key says its version and its key-encryption key, not its content", () => {
  const { wrapped } = Envelope.create("acc_1", [key]);
  expect(wrapped).toMatch(/^v1\.[0-9a-f]{8}\.[A-Za-z0-9+/=]+$/);
});

test("after a change of the key old wrappings are read and replaced", () => {
  const old = Envelope.create("acc_1", [otherKey]);
  const sealed = old.seal("creds", plain);
  const opened = Envelope.open("acc_1", old.wrapped, [key, otherKey]);
  expect(opened.isRewrapped).toBe(true);
  expect(opened.unseal("creds", sealed)).toEqual(plain);
  const again = Envelope.open("acc_1", opened.wrapped, [key]);
  expect(again.isRewrapped).toBe(false);
  expect(again.unseal("creds", sealed)).toEqual(plain);
});

test.each(["", "v1", "v1.00000000.AAAA", "v2.00000000.AAAA", "nonsense"])(
  "%j is not a wrapped key",
  (wrapped) => {
    expect(() => Envelope.open("acc_1", wrapped, [key])).toThrow(UnreadableError);
  },
);
