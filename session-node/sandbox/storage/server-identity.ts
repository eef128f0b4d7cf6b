import { randomBytes } from "node:crypto";
import { bigEndian, readBigEndian } from "../signal/keys.ts";
import { serverIdentity, type ServerIdentity } from "../noise/certificates.ts";
import type { Store } from "./store.ts";

/** The server's keys, made at the first start: clients pin the root, so it has to stay. */
export function loadServerIdentity(store: Store): ServerIdentity {
  const seconds = Math.floor(Date.now() / 1000);
  return serverIdentity({
    root: stored(store, "root", () => randomBytes(32)),
    intermediate: stored(store, "intermediate", () => randomBytes(32)),
    leaf: stored(store, "leaf", () => randomBytes(32)),
    issuedAt: readBigEndian(stored(store, "issued_at", () => bigEndian(seconds, 4))),
  });
}

function stored(store: Store, name: string, make: () => Buffer): Buffer {
  const row = store.one<{ value: Uint8Array }>("SELECT value FROM server WHERE name = ?", name);
  if (row) return Buffer.from(row.value);
  const value = make();
  store.run("INSERT INTO server (name, value) VALUES (?, ?)", name, value);
  return value;
}
