import { newId } from "@roost/contract/ids";
import { expect, test } from "vitest";
import { sha256 } from "../lib/crypto.ts";
import { KEY_CACHE_MS, KeyCache, type KeyGrant } from "./key-cache.ts";

const keyId = newId("key", 1, new Uint8Array(16));
const hash = sha256("right");
const grant: KeyGrant = { scopes: ["messages:send"], accounts: null, expiresAt: null };

test("a grant is believed for half a minute", () => {
  const cache = new KeyCache();
  cache.store(keyId, hash, grant, 0);
  expect(cache.find(keyId, hash, KEY_CACHE_MS - 1)).toEqual(grant);
  expect(cache.find(keyId, hash, KEY_CACHE_MS)).toBeNull();
});

test("a revoked key is forgotten at once", () => {
  const cache = new KeyCache();
  cache.store(keyId, hash, grant, 0);
  cache.forget(keyId);
  expect(cache.find(keyId, hash, 1)).toBeNull();
});

test("a wrong secret finds nothing, and takes nothing from the right one", () => {
  const cache = new KeyCache();
  cache.store(keyId, hash, grant, 0);
  expect(cache.find(keyId, sha256("wrong"), 1)).toBeNull();
  expect(cache.find(keyId, "", 1)).toBeNull();
  expect(cache.find(keyId, hash, 1)).toEqual(grant);
});

test("a key that expires is not believed a moment longer", () => {
  const cache = new KeyCache();
  cache.store(keyId, hash, { ...grant, expiresAt: 10 }, 0);
  expect(cache.find(keyId, hash, 9)).not.toBeNull();
  expect(cache.find(keyId, hash, 10)).toBeNull();
});

test("it does not grow without bound: the oldest go first", () => {
  const cache = new KeyCache();
  const ids = Array.from({ length: 10_001 }, (_, n) => newId("key", n, new Uint8Array(16)));
  for (const id of ids) cache.store(id, hash, grant, 0);
  expect(ids.map((id) => cache.find(id, hash, 1) === null).indexOf(false)).toBe(1);
});
