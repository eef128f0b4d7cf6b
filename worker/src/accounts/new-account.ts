import type { StoredAccount } from "./stored.ts";

/** An account that nobody has linked yet. */
export function newAccount(
  facts: Pick<StoredAccount, "id" | "tenant" | "name" | "region">,
  now: number,
): StoredAccount {
  return {
    ...facts,
    createdAt: now,
    state: "unlinked",
    reason: "not_linked",
    phone: null,
    lid: null,
    connectedAt: null,
    queue: { state: "active", reason: null },
    limits: null,
    session: { epoch: 0, host: null, isWanted: false, isHeard: false },
    factsFrom: 0,
    link: null,
    version: 1,
  };
}
