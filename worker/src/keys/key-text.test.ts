import { newId } from "@roost/contract/ids";
import { constantFrom, assert, nat, property, string, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { keyText, parseKeyText, SECRET_BYTES } from "./key-text.ts";

const bytes = (length: number) => uint8Array({ minLength: length, maxLength: length });

test("a key's text names its tenant and itself", () => {
  assert(
    property(nat(), bytes(16), bytes(SECRET_BYTES), (time, chance, secret) => {
      const name = { tenantId: newId("tenant", time, chance), keyId: newId("key", time, chance) };
      const text = keyText(name, secret);
      expect(text).toHaveLength(3 + 26 + 1 + 26 + 1 + 52);
      expect(parseKeyText(text)).toEqual(name);
    }),
  );
});

test("nothing else is a key's text", () => {
  const right = keyText(
    {
      tenantId: newId("tenant", 1, new Uint8Array(16)),
      keyId: newId("key", 1, new Uint8Array(16)),
    },
    new Uint8Array(SECRET_BYTES),
  );
  assert(
    property(string(), (text) => {
      expect(parseKeyText(text)).toBeNull();
    }),
  );
  const spoiled = constantFrom(" ", "_", "I", "l", "o", "u", "\n");
  assert(
    property(nat(right.length), spoiled, (at, character) => {
      expect(parseKeyText(`${right.slice(0, at)}${character}${right.slice(at)}`)).toBeNull();
    }),
  );
});
