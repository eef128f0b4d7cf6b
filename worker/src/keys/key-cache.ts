import type { Id } from "@roost/contract/ids";
import type { Scope } from "@roost/contract/scopes";
import { isSameHash } from "../lib/crypto.ts";

/** What a valid key may do, as TenantObject answers it. */
export type KeyGrant = {
  scopes: Scope[];
  accounts: Id<"account">[] | null;
  expiresAt: number | null;
};

/** How long an isolate believes an answer: the bound on how long a revoked key still works. */
export const KEY_CACHE_MS = 30_000;
const MAX_ENTRIES = 10_000;

type Entry = { hash: string; grant: KeyGrant; staleAt: number };

/** Remembers for a moment which keys are valid, so that a busy key costs no call per request. */
export class KeyCache {
  private readonly entries = new Map<Id<"key">, Entry>();

  /** The grant of a key seen lately, or null. A wrong secret finds nothing and forgets nothing. */
  find(keyId: Id<"key">, hash: string, now: number): KeyGrant | null {
    const entry = this.entries.get(keyId);
    if (entry === undefined || !isSameHash(entry.hash, hash)) return null;
    if (entry.staleAt <= now || isExpired(entry.grant, now)) {
      this.entries.delete(keyId);
      return null;
    }
    return entry.grant;
  }

  store(keyId: Id<"key">, hash: string, grant: KeyGrant, now: number): void {
    // The oldest goes first: a Map keeps the order in which keys came.
    if (this.entries.size >= MAX_ENTRIES) {
      for (const oldest of this.entries.keys()) {
        this.entries.delete(oldest);
        break;
      }
    }
    this.entries.delete(keyId);
    this.entries.set(keyId, { hash, grant, staleAt: now + KEY_CACHE_MS });
  }

  forget(keyId: Id<"key">): void {
    this.entries.delete(keyId);
  }
}

export function isExpired({ expiresAt }: Pick<KeyGrant, "expiresAt">, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** This isolate's. */
export const keyCache = new KeyCache();
