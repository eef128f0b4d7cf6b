import { describeError, log } from "../log.ts";
import { AccountState } from "./account-state.ts";
import { applyChange } from "./changes/apply-change.ts";
import type { Allowance } from "./limits/allowance.ts";
import type { Sends } from "./limits/budgets.ts";
import { emptyQuota } from "./limits/quota.ts";
import type { Grade } from "./leases/stranger.ts";
import { isSameProjection } from "./same-projection.ts";
import { type HealthFacts, healthy } from "./standing/health.ts";
import { Pages, type Storage } from "./storage/pages.ts";
import { TickLog } from "./storage/tick-log.ts";
import type { Change, Head, StoredAccount, StoredEvent, StoredMessage } from "./stored.ts";

/** How much a restart may have to replay. A checkpoint costs rows, so it is not done often. */
const CHECKPOINT_ROWS = 2_000;
const CHECKPOINT_CHARACTERS = 4_000_000;

/**
 * Keeps what an account knows: in memory, behind a log of ticks, folded into pages from time to time.
 *
 * Changes are made in memory at once and are durable with `commit`, which writes one row for the
 * whole tick. Nothing may leave the object before that.
 */
export class AccountStore {
  readonly messages: AccountState["messages"];
  readonly chats: AccountState["chats"];
  readonly journal: AccountState["journal"];
  readonly credentials: AccountState["credentials"];
  readonly keys: AccountState["keys"];
  readonly outbox: AccountState["outbox"];
  readonly leases: AccountState["leases"];
  readonly missing: AccountState["missing"];
  private readonly state: AccountState;
  private readonly storage: Storage;
  private readonly ticks: TickLog;
  private pending: string[] = [];
  private pendingEvents: StoredEvent[] = [];
  private fresh: StoredEvent[] = [];
  /** How long the ticks were when they could not be folded into pages. */
  private failedAt = { rows: 0, characters: 0 };
  /** The ticks hold credentials that were thrown away. */
  private mustWipe = false;
  private isProjectedNoted = true;

  /** What was stored last time. */
  static open(storage: Storage): AccountStore {
    const head = new Pages(storage.sql).read("head", 0);
    if (head === null) throw new Error("the account has no head page");
    return new AccountStore(storage, head);
  }

  /** A new account; durable when this returns. */
  static create(storage: Storage, account: StoredAccount): AccountStore {
    const head: Head = {
      tick: 0,
      account,
      lastMessage: 0,
      lastSeq: 0,
      dataKey: null,
      projected: 0,
      quota: emptyQuota(),
      health: healthy,
      leases: [],
      unfinished: [],
    };
    new Pages(storage.sql).write("head", 0, head);
    return new AccountStore(storage, head);
  }

  private constructor(storage: Storage, head: Head) {
    const { sql } = storage;
    const state = new AccountState(new Pages(sql), head);
    this.state = state;
    this.messages = state.messages;
    this.chats = state.chats;
    this.journal = state.journal;
    this.credentials = state.credentials;
    this.keys = state.keys;
    this.outbox = state.outbox;
    this.leases = state.leases;
    this.missing = state.missing;
    this.storage = storage;
    this.ticks = new TickLog(sql, head.tick);
    for (const change of this.ticks.replay()) applyChange(state, change);
    this.leases.forgetWhoHasThem();
    const leased = new Set(this.leases.all().flatMap(({ messages }) => messages.map(({ n }) => n)));
    for (const n of this.outbox.inHand()) if (!leased.has(n)) state.makeReady(n);
  }

  account(): StoredAccount {
    return this.state.account;
  }

  sends(): Sends {
    return this.state.sends;
  }

  health(): HealthFacts {
    return this.state.health;
  }

  /** What it may take of the plan's messages; null while nobody has set a limit. */
  allowance(): Allowance | null {
    return this.state.allowance;
  }

  isDirty(): boolean {
    return this.pending.length > 0;
  }

  /** The directory shows this version. Not worth a row: it goes along with the next commit. */
  noteProjected(version: number): void {
    this.state.projected = version;
    this.isProjectedNoted = false;
  }

  /** Makes the change in memory and notes it for the next commit. */
  change(change: Change): void {
    // As text at once: what is applied goes on changing in memory.
    this.pending.push(JSON.stringify(change));
    if (change.kind === "event") this.pendingEvents.push(change.event);
    applyChange(this.state, change);
  }

  setAccount(changes: Partial<StoredAccount>): void {
    const account = { ...this.state.account, ...changes };
    if (!isSameProjection(account, this.state.account)) account.version += 1;
    this.change({ kind: "account", account });
  }

  /** Whether the directory shows something older. */
  isProjectionDue(): boolean {
    return this.state.account.version > this.state.projected;
  }

  /** Appends to the journal under the next number. */
  emit(event: Omit<StoredEvent, "seq">): void {
    this.change({ kind: "event", event: { ...event, seq: this.journal.last() + 1 } });
  }

  /** Makes all changes since the last commit durable, as one row. */
  commit(now: number): void {
    if (this.pending.length === 0) return;
    if (!this.isProjectedNoted) {
      this.isProjectedNoted = true;
      const change: Change = { kind: "projected", version: this.state.projected };
      this.pending.push(JSON.stringify(change));
    }
    this.ticks.append(this.pending);
    this.pending = [];
    this.fresh.push(...this.pendingEvents);
    this.pendingEvents = [];
    const { rows, characters } = this.ticks.size();
    const { rows: failedRows, characters: failedCharacters } = this.failedAt;
    const isDue =
      rows - failedRows >= CHECKPOINT_ROWS ||
      characters - failedCharacters >= CHECKPOINT_CHARACTERS;
    if (isDue) this.checkpoint(now);
  }

  /** The durable events that nobody took yet: for the live stream. */
  takeEvents(): StoredEvent[] {
    const events = this.fresh;
    this.fresh = [];
    return events;
  }

  /**
   * Folds the ticks into pages. When that fails nothing is lost but time: the ticks have it all, and
   * after as many more it is tried again.
   */
  checkpoint(now: number): void {
    let written: (() => void)[];
    try {
      written = this.storage.transactionSync(() =>
        this.state.writePages(this.ticks.lastTick(), now),
      );
    } catch (error) {
      this.failedAt = this.ticks.size();
      log({
        event: "checkpoint.failed",
        account: this.state.account.id,
        error: describeError(error),
      });
      return;
    }
    this.failedAt = { rows: 0, characters: 0 };
    for (const settle of written) settle();
    if (this.mustWipe) this.ticks.wipe();
    this.mustWipe = false;
    this.ticks.rewind();
  }

  /** Throws the credentials away, everywhere they lie. */
  forgetCredentials(now: number): void {
    this.change({ kind: "keys_forgotten" });
    this.commit(now);
    this.mustWipe = true;
    this.checkpoint(now);
  }

  isFinished(n: number): boolean {
    return this.state.isFinished(n);
  }

  /** Whom the message goes to, as far as WhatsApp cares. */
  gradeOf(message: StoredMessage): Grade {
    return this.state.gradeOf(message);
  }
}
