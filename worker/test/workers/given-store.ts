import { AccountStore } from "../../src/accounts/account-store.ts";
import type { Submission } from "../../src/accounts/outbox/accept-message.ts";
import { storageMigration } from "../../src/accounts/storage/pages.ts";
import { MemorySql } from "./memory-sql.ts";

/** A connected account's store, in Node. */
export function givenStore() {
  const sql = new MemorySql();
  sql.exec(storageMigration);
  const store = AccountStore.create(sql.asStorage(), {
    id: `acc_${"1".repeat(26)}`,
    tenant: `ten_${"2".repeat(26)}`,
    name: "Test",
    createdAt: 1,
    state: "connected",
    reason: null,
    phone: "491511",
    lid: null,
    connectedAt: 1,
    queue: { state: "active", reason: null },
    limits: null,
    session: { epoch: 1, host: "host-1", isWanted: true, isHeard: true },
    factsFrom: 0,
    link: null,
    version: 1,
  });
  return { sql, store };
}

/** A text to this number, due at once. */
export function textFor(phone: string, facts: Partial<Submission> = {}): Submission {
  return {
    peer: { phone, lid: null },
    address: `+${phone}`,
    text: `message to ${phone}`,
    input: { priority: 5, pace: "asap" },
    sendAt: null,
    expiresAt: null,
    idempotencyKey: null,
    bodyHash: "hash",
    ...facts,
  };
}
