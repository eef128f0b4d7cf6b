import { DurableObject } from "cloudflare:workers";
import type { Outcome } from "@roost/contract/errors";
import type { Event } from "@roost/contract/events";
import type { Id } from "@roost/contract/ids";
import type { Key } from "@roost/contract/keys";
import { accountStub } from "../accounts/account-stub.ts";
import type { Principal } from "../context.ts";
import { unwrap } from "../errors.ts";
import type { KeyGrant } from "../keys/key-cache.ts";
import { isMigrated, migrate } from "../lib/object-migrations.ts";
import { ring } from "../lib/ring.ts";
import { describeError, log } from "../log.ts";
import {
  beginRequest,
  type Begun,
  cleanIdempotency,
  finishRequest,
  idempotencyMigration,
  pin,
  pinned,
  type StoredAnswer,
} from "./idempotency-store.ts";
import type { Allowance, Grant } from "../accounts/limits/allowance.ts";
import { allowanceMigration } from "./allowance-book.ts";
import { Allowances, type PlanStanding } from "./allowances.ts";
import {
  type Assigned,
  type BatchErrors,
  batchMigration,
  closeBatch,
  findBatch,
  type KnownBatch,
  openBatch,
} from "./batch-store.ts";
import { JOURNAL_PAGE } from "./listener.ts";
import { LiveStreams, type StreamRequest } from "./live-streams.ts";
import { checkKey, endKey, insertKey, keyMigration, type NewKey, readKeys } from "./key-store.ts";

const migrations = [
  keyMigration,
  idempotencyMigration,
  "CREATE TABLE accounts (id TEXT PRIMARY KEY) WITHOUT ROWID",
  allowanceMigration,
  batchMigration,
];

/** An account that could not be told of a new plan is told again. */
const TELL_AGAIN_MS = 30_000;
const CLEAN_EVERY_MS = 24 * 60 * 60 * 1000;

/**
 * One per tenant: its keys, the list of its accounts, what its requests answered, its live stream.
 *
 * A stranger can name any tenant in a key, so reading never sets the object up: until the first
 * write there is nothing in it, and looking leaves nothing behind.
 */
export class TenantObject extends DurableObject<Env> {
  private isReady: boolean;
  private readonly live: LiveStreams;
  private readonly allowances: Allowances;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.live = new LiveStreams({
      accounts: () => this.listAccounts(),
      watch: async (account, untilMs) => {
        await accountStub(env, account).watch(this.tenantId(), untilMs);
      },
      journalAfter: async (account, seq) =>
        unwrap(await accountStub(env, account).listEvents(this.tenantId(), seq, JOURNAL_PAGE)),
    });
    this.allowances = new Allowances({
      sql: () => this.sql(),
      accounts: () => this.listAccounts(),
      recall: (account, recall) =>
        accountStub(env, account).recallAllowance(this.tenantId(), recall),
      now: () => Date.now(),
    });
    this.isReady = isMigrated(ctx.storage);
    if (this.isReady) migrate(ctx.storage, migrations);
  }

  // Keys. The caller has checked that the maker may grant what the key grants.

  createKey(key: NewKey): Outcome<Key> {
    return insertKey(this.sql(), key, Date.now());
  }

  /** What the key with this hash may do; null for anything that is not a valid key. */
  verifyKey(keyId: Id<"key">, hash: string): KeyGrant | null {
    return this.isReady ? checkKey(this.sql(), keyId, hash, Date.now()) : null;
  }

  listKeys(): Key[] {
    return this.isReady ? readKeys(this.sql()) : [];
  }

  /** False when there is no such key. */
  revokeKey(keyId: Id<"key">): boolean {
    this.live.endOf(keyId);
    return this.isReady && endKey(this.sql(), keyId, Date.now());
  }

  // Accounts. The list that account-less sends and fan-outs go by.

  /** Answers until when the account must publish to the live stream; 0 when nobody listens. */
  addAccount(account: Id<"account">): number {
    this.sql().exec("INSERT OR IGNORE INTO accounts VALUES (?)", account);
    return this.live.watchedUntil(account);
  }

  /** `last` is what it had of the plan when it was deleted. */
  removeAccount(account: Id<"account">, last: Allowance | null): void {
    if (!this.isReady) return;
    this.sql().exec("DELETE FROM accounts WHERE id = ?", account);
    this.allowances.forget(account, last);
  }

  listAccounts(): Id<"account">[] {
    if (!this.isReady) return [];
    return this.sql()
      .exec<{ id: Id<"account"> }>("SELECT id FROM accounts ORDER BY id")
      .toArray()
      .map(({ id }) => id);
  }

  // The plan's messages of the month. Billing sets the entitlement, accounts take from it.

  /** How many messages a month, null for any number; `renewsAt` is when the month ends. */
  async setEntitlement(messagesPerMonth: number | null, renewsAt: number): Promise<void> {
    const isTold = await this.allowances.set({ limit: messagesPerMonth, endsAt: renewsAt });
    if (!isTold) await this.ctx.storage.setAlarm(Date.now() + TELL_AGAIN_MS);
  }

  /** Tells a new account how many messages it may take. */
  async tellAllowance(account: Id<"account">): Promise<void> {
    const isTold = await this.allowances.tell(account);
    if (!isTold) await this.ctx.storage.setAlarm(Date.now() + TELL_AGAIN_MS);
  }

  /** More messages for the account, as far as the plan has any. `known` is what it has now. */
  takeAllowance(account: Id<"account">, known: Allowance | null, want: number): Promise<Grant> {
    return this.allowances.take(account, known, want);
  }

  /** What the tenant has used of its plan; null when that has no limit. */
  planStanding(account: Id<"account">, known: Allowance | null): PlanStanding | null {
    return this.isReady ? this.allowances.standing(account, known) : null;
  }

  // Repeated requests

  async beginIdempotent(key: string, bodyHash: string): Promise<Outcome<Begun>> {
    const begun = beginRequest(this.sql(), key, bodyHash, Date.now());
    await this.armCleaning();
    return begun;
  }

  finishIdempotent(key: string, answer: StoredAnswer | null): void {
    finishRequest(this.sql(), key, answer);
  }

  /** The account that answers for this key; null when the key is new. */
  pinnedAccount(idempotencyKey: string, bodyHash: string): Outcome<Id<"account"> | null> {
    if (!this.isReady) return { ok: true, value: null };
    return pinned(this.sql(), idempotencyKey, bodyHash, Date.now());
  }

  /** The account that answers for this key: `account` if the key is new, else the first one. */
  async pinAccount(
    idempotencyKey: string,
    bodyHash: string,
    account: Id<"account">,
  ): Promise<Outcome<Id<"account">>> {
    const pinned = pin(this.sql(), idempotencyKey, bodyHash, account, Date.now());
    await this.armCleaning();
    return pinned;
  }

  /** The batch of this key; null when the key is new. */
  findBatch(key: string, bodyHash: string): Outcome<KnownBatch | null> {
    if (!this.isReady) return { ok: true, value: null };
    return findBatch(this.sql(), key, bodyHash, Date.now());
  }

  /** Who takes the messages of this batch: those `assigned` if the key is new, else the first ones. */
  async openBatch(key: string, bodyHash: string, assigned: Assigned): Promise<Outcome<KnownBatch>> {
    const opened = openBatch(this.sql(), key, bodyHash, assigned, Date.now());
    await this.armCleaning();
    return opened;
  }

  closeBatch(key: string, errors: BatchErrors): void {
    closeBatch(this.sql(), key, errors);
  }

  // The live stream

  /** Opens a stream of server-sent events; it ends when its reader goes away. */
  listen(request: StreamRequest): Promise<Outcome<ReadableStream<Uint8Array>>> {
    return this.live.listen(request);
  }

  /**
   * Called by a watched account with what it has just journaled, in order. Answers until when to go on;
   * 0 when nobody listens.
   */
  publish(events: Event[]): number {
    this.live.publish(events);
    const [first] = events;
    return first === undefined ? 0 : this.live.watchedUntil(first.account);
  }

  /** Ends the streams of a person or a key whose credential ended. */
  endStreams(actor: Principal["actor"]): void {
    this.live.endOf(actor);
  }

  // Called by the runtime, perhaps late and perhaps twice

  override async alarm(invocation?: AlarmInvocationInfo): Promise<void> {
    if (!this.isReady) return;
    const clean = async (): Promise<void> => {
      const isAnythingLeft = cleanIdempotency(this.sql(), Date.now());
      const isTold = await this.allowances.tellAll();
      if (!isTold) await this.ctx.storage.setAlarm(Date.now() + TELL_AGAIN_MS);
      else if (isAnythingLeft) await this.ctx.storage.setAlarm(Date.now() + CLEAN_EVERY_MS);
    };
    await ring(invocation, this.ctx.storage, clean, (error) => {
      log({ event: "alarm.given_up", object: this.tenantId(), error: describeError(error) });
    });
  }

  private async armCleaning(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    await this.ctx.storage.setAlarm(Date.now() + CLEAN_EVERY_MS);
  }

  /** Objects of tenants are only ever addressed by the tenant's id, so the name is one. */
  private tenantId(): Id<"tenant"> {
    return this.ctx.id.name as Id<"tenant">;
  }

  private sql(): SqlStorage {
    if (!this.isReady) {
      migrate(this.ctx.storage, migrations);
      this.isReady = true;
    }
    return this.ctx.storage.sql;
  }
}
