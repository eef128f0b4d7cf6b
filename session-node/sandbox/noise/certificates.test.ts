import { randomBytes } from "node:crypto";
import { proto, WA_CERT_DETAILS } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { verify } from "../signal/keys.ts";
import { isChainValid, serverIdentity } from "./certificates.ts";

const seeds = () => ({
  root: randomBytes(32),
  intermediate: randomBytes(32),
  leaf: randomBytes(32),
  issuedAt: 1_790_000_000,
});

test("root signs intermediate, intermediate signs leaf, and the leaf is the key that is served", () => {
  const { chain, root, intermediate, leaf } = serverIdentity(seeds());
  const decoded = proto.CertChain.decode(chain);
  const details = decoded.intermediate?.details ?? Buffer.alloc(0);
  expect(verify(root.public, details, decoded.intermediate?.signature ?? details)).toBe(true);
  expect(isChainValid(chain, root.public, leaf.public)).toBe(true);
  expect(isChainValid(chain, root.public, intermediate.public)).toBe(false);
});

test("no other root vouches for the chain, WhatsApp's own least of all", () => {
  const { chain, leaf } = serverIdentity(seeds());
  const other = serverIdentity(seeds());
  expect(isChainValid(chain, other.root.public, leaf.public)).toBe(false);
  expect(isChainValid(chain, Buffer.from(WA_CERT_DETAILS.PUBLIC_KEY), leaf.public)).toBe(false);
});

test("the same seeds give the same chain, so a restart is not noticed", () => {
  const kept = seeds();
  expect(serverIdentity(kept).chain).toEqual(serverIdentity(kept).chain);
});
