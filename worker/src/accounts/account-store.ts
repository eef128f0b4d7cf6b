import { describeError, log } from "../log.ts";
import { countMessage, noSends, type Sends, setSendsBack } from "./limits/budgets.ts";
import type { Allowance } from "./limits/allowance.ts";
import { ChatLog } from "./storage/chat-log.ts";
import { CredentialStore } from "./storage/credential-store.ts";
import {
  afterOutcome,
  forgiven,
  type HealthFacts,
  healthy,
  withReason,
} from "./standing/health.ts";
import { IdempotencyKeys } from "./storage/idempotency.ts";
import { Journal } from "./storage/journal.ts";
import { LeaseBook } from "./leases/lease-book.ts";
import { type Amendment, amendMessage } from "./reports/amend-message.ts";
import { MessageLog } from "./storage/message-log.ts";
import { isOpen, isWaiting } from "./outbox/message-state.ts";
import { MissingStanzas } from "./reports/missing-stanzas.ts";
import { Outbox, type Whom } from "./outbox/outbox.ts";
import { Pages, type Storage } from "./storage/pages.ts";
import { isSameProjection } from "./same-projection.ts";
import { emptyQuota } from "./limits/quota.ts";
import { type Grade, gradeOf } from "./leases/stranger.ts";
import type {
  Change,
  Head,
  StoredAccount,
  StoredChat,
  StoredEvent,
  StoredLease,
  StoredMessage,
} from "./stored.ts";
import { TickLog } from "./storage/tick-log.ts";

/** How much a restart may have to replay. A checkpoint costs rows, so it is not done often. */
const CHECKPOINT_ROWS = 2_000;
const CHECKPOINT_CHARACTERS = 4_000_000;
const PREVIEW_CHARACTERS = 100;

/**
 * All that an account knows: in memory, behind a log of ticks, folded into pages from time to time.
 *
 * Changes are made in memory at once and are durable with `commit`, which writes one row for the
 * whole tick. Nothing may leave the object before that.
 */
export class AccountStore {
  readonly messages: MessageLog;
  readonly chats: ChatLog;
  readonly journal: Journal;
  readonly credentials: CredentialStore;
  readonly keys: IdempotencyKeys;
  readonly outbox = new Outbox((message) => this.whomOf(message));
  readonly leases = new LeaseBook();
  readonly missing: MissingStanzas;
  private readonly storage: Storage;
  private readonly pages: Pages;
  private readonly ticks: TickLog;
  private pending: string[] = [];
  private pendingEvents: StoredEvent[] = [];
  private fresh: StoredEvent[] = [];
  /** How long the ticks were when they could not be folded into pages. */
  private failedAt = { rows: 0, characters: 0 };
  /** The ticks hold credentials that were thrown away. */
  private mustWipe = false;
  private current: StoredAccount;
  private projected: number;
  private isProjectedNoted = true;
  private readonly sendFacts: Sends;
  private healthFacts: HealthFacts;
  private allowanceFacts: Allowance | null;

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
    this.storage = storage;
    this.pages = new Pages(sql);
    this.messages = new MessageLog(this.pages, head.lastMessage);
    this.chats = new ChatLog(this.pages);
    this.journal = new Journal(this.pages, head.lastSeq);
    this.credentials = new CredentialStore(this.pages, head.dataKey);
    this.keys = new IdempotencyKeys(this.pages);
    this.missing = new MissingStanzas(head.missing, head.heard);
    this.ticks = new TickLog(sql, head.tick);
    this.current = head.account;
    this.projected = head.projected;
    this.sendFacts = { ...noSends(), ...head.lanes, all: head.quota };
    this.healthFacts = head.health;
    this.allowanceFacts = head.allowance ?? null;
    for (const n of head.unfinished) this.warmUp(n);
    for (const lease of head.leases) this.leases.open(lease);
    for (const change of this.ticks.replay()) this.apply(change);
    this.leases.forgetWhoHasThem();
    const leased = new Set(this.leases.all().flatMap(({ messages }) => messages.map(({ n }) => n)));
    for (const n of this.outbox.inHand()) if (!leased.has(n)) this.makeReady(n);
  }

  account(): StoredAccount {
    return this.current;
  }

  sends(): Sends {
    return this.sendFacts;
  }

  health(): HealthFacts {
    return this.healthFacts;
  }

  /** What it may take of the plan's messages; null while nobody has set a limit. */
  allowance(): Allowance | null {
    return this.allowanceFacts;
  }

  isDirty(): boolean {
    return this.pending.length > 0;
  }

  /** The directory shows this version. Not worth a row: it goes along with the next commit. */
  noteProjected(version: number): void {
    this.projected = version;
    this.isProjectedNoted = false;
  }

  /** Makes the change in memory and notes it for the next commit. */
  change(change: Change): void {
    // As text at once: what is applied goes on changing in memory.
    this.pending.push(JSON.stringify(change));
    if (change.kind === "event") this.pendingEvents.push(change.event);
    this.apply(change);
  }

  setAccount(changes: Partial<StoredAccount>): void {
    const account = { ...this.current, ...changes };
    if (!isSameProjection(account, this.current)) account.version += 1;
    this.change({ kind: "account", account });
  }

  /** Whether the directory shows something older. */
  isProjectionDue(): boolean {
    return this.current.version > this.projected;
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
      const change: Change = { kind: "projected", version: this.projected };
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
      written = this.storage.transactionSync(() => this.writePages(now));
    } catch (error) {
      this.failedAt = this.ticks.size();
      log({ event: "checkpoint.failed", account: this.current.id, error: describeError(error) });
      return;
    }
    this.failedAt = { rows: 0, characters: 0 };
    for (const settle of written) settle();
    if (this.mustWipe) this.ticks.wipe();
    this.mustWipe = false;
    this.ticks.rewind();
  }

  private writePages(now: number): (() => void)[] {
    const written = [
      this.messages.checkpoint(),
      this.chats.checkpoint(),
      this.journal.checkpoint(),
      this.credentials.checkpoint(),
      this.keys.checkpoint(now, (n) => this.isFinished(n)),
    ];
    const { all, ...lanes } = this.sendFacts;
    const head: Head = {
      tick: this.ticks.lastTick(),
      account: this.current,
      lastMessage: this.messages.last(),
      lastSeq: this.journal.last(),
      dataKey: this.credentials.wrappedDataKey(),
      projected: this.projected,
      quota: all,
      lanes,
      health: this.healthFacts,
      allowance: this.allowanceFacts,
      leases: this.leases.all(),
      unfinished: this.outbox.numbers(),
      ...this.missing.stored(),
    };
    this.pages.write("head", 0, head);
    return written;
  }

  /** Throws the credentials away, everywhere they lie. */
  forgetCredentials(now: number): void {
    this.change({ kind: "keys_forgotten" });
    this.commit(now);
    this.mustWipe = true;
    this.checkpoint(now);
  }

  isFinished(n: number): boolean {
    const state = this.messages.find(n)?.states.at(-1)?.[0];
    return state === undefined || !(isOpen(state) || state === "unconfirmed");
  }

  /** Whom the message goes to, as far as WhatsApp cares. */
  gradeOf({ chat, target }: StoredMessage): Grade {
    return target === undefined ? gradeOf(this.chats.find(chat)) : "known";
  }

  private warmUp(n: number): void {
    const message = this.messages.warmUp(n);
    if (message === null) return;
    this.outbox.place(message);
    const key = message.out?.key ?? null;
    if (key !== null) this.keys.warmUp(key, n, message.createdAt);
  }

  /** The one place where the account changes, alive and in replay alike. */
  private apply(change: Change): void {
    switch (change.kind) {
      case "account":
        this.current = change.account;
        break;
      case "chat":
        this.putChat(change.chat);
        break;
      case "chat_read":
        this.markRead(change.n);
        break;
      case "message":
        this.addMessage(change.message);
        break;
      case "state":
        this.setState(change);
        break;
      case "retried":
        this.putBack(change.n, change.at);
        break;
      case "edited":
      case "revoked":
      case "reaction":
      case "content":
        this.amend(change);
        break;
      case "missing":
        this.missing.add(change.stanza);
        break;
      case "found":
        this.missing.remove(change.stanza);
        break;
      case "heard":
        this.missing.hear(change.stanzaId);
        break;
      case "lease":
        this.openLease(change.lease);
        break;
      case "lease_offered":
        this.leases.offer(change.id, change.messages, change.now);
        for (const { n } of change.messages) this.countAttempt(n, change.now);
        break;
      case "lease_closed":
        this.closeLease(change.id, change.now);
        break;
      case "event":
        this.journal.append(change.event);
        break;
      case "keys":
        this.credentials.write(change.dataKey, change.writes);
        break;
      case "keys_forgotten":
        this.credentials.forget();
        // Another phone knows nothing of them.
        this.missing.forgetAll();
        break;
      case "health_forgiven":
        this.healthFacts = forgiven(this.healthFacts, change.now ?? null);
        break;
      case "health_noted":
        this.healthFacts = withReason(this.healthFacts, change.reason, change.now);
        break;
      case "allowance":
        this.allowanceFacts = change.allowance;
        break;
      case "clock_set_back":
        setSendsBack(this.sendFacts, change.now);
        break;
      case "projected":
        this.projected = change.version;
        break;
    }
  }

  private putChat(chat: StoredChat): void {
    this.chats.put(chat);
    if (chat.mergedInto !== null) this.outbox.mergeChats(chat.n, chat.mergedInto);
    this.regrade(chat.mergedInto ?? chat.n);
  }

  /** What is known of the chat changed; its waiting messages may go with others now. */
  private regrade(chat: number): void {
    this.outbox.regrade(chat, (n) => this.messages.find(n));
  }

  private addMessage(message: StoredMessage): void {
    this.messages.add(message);
    const at = message.createdAt;
    const chat = this.chats.find(message.chat);
    // What changes another message is none of its own to whoever reads the chat.
    if (chat !== null && message.target === undefined) {
      chat.tails = [message.n, ...chat.tails.filter((n) => n !== message.before)];
      const preview = previewOf(message);
      chat.last = { n: message.n, direction: message.direction, preview, at };
      chat.updatedAt = at;
      if (message.direction === "inbound") {
        chat.unread += 1;
        chat.lastInboundAt = at;
      }
      if (message.origin === "phone") chat.begunAt ??= at;
      this.chats.touch(chat.n);
      this.regrade(chat.n);
    }
    const target = message.target === undefined ? null : this.messages.find(message.target);
    if (target !== null && message.type === "revoke") {
      target.revokedBy = message.n;
      this.messages.touch(target);
    }
    if (message.out === null) return;
    this.outbox.place(message);
    if (message.target === undefined) this.useAllowance(1);
    if (message.out.key !== null) this.keys.add(message.out.key, message.n, at);
  }

  private amend(change: Amendment): void {
    const message = this.messages.find(change.n);
    if (message === null) return;
    amendMessage(message, change);
    this.messages.touch(message);
    const chat = this.chats.find(message.chat);
    if (chat?.last?.n !== message.n || change.kind === "reaction") return;
    chat.last.preview = previewOf(message);
    this.chats.touch(chat.n);
  }

  private setState(change: Extract<Change, { kind: "state" }>): void {
    const message = this.messages.find(change.n);
    if (message === null) return;
    const before = message.states.at(-1)?.[0];
    // Returned and due again is no step of its own in the message's history.
    if (change.state === "accepted" && before === "leased") message.states.pop();
    else message.states.push([change.state, change.at]);
    if (change.error !== undefined) message.error = change.error;
    else if (change.state !== "unconfirmed") message.error = null;
    this.messages.touch(message);
    if (message.out === null) return;
    if (isWaiting(change.state)) message.out.beginsChat = false;
    this.outbox.place(message);
    if (change.state !== "leased") this.leases.settle(change.n);
    if (before !== undefined && isOpen(before)) {
      // One that expires or is cancelled without an outcome was counted with the attempt it had.
      const isCounted = isWaiting(before) && change.state === "unconfirmed";
      if (!isCounted) this.countOutcome(message, change);
    }
    if (change.state === "sent") this.beginChat(message.chat, change.at);
  }

  private putBack(n: number, at: number): void {
    const message = this.messages.find(n);
    if (message === null) return;
    if (message.states.at(-1)?.[0] === "unconfirmed") message.mayBeOut = true;
    message.states.push(["accepted", at]);
    message.retries = (message.retries ?? 0) + 1;
    message.error = null;
    this.messages.touch(message);
    this.outbox.place(message);
  }

  /** From now on what we send there begins no chat. */
  private beginChat(n: number, at: number): void {
    const chat = this.chats.find(n);
    if (chat === null || chat.begunAt !== null) return;
    chat.begunAt = at;
    this.chats.touch(chat.n);
    this.regrade(chat.n);
  }

  private useAllowance(count: 1 | -1): void {
    const allowance = this.allowanceFacts;
    if (allowance === null || allowance.limit === null) return;
    this.allowanceFacts = { ...allowance, used: Math.max(0, allowance.used + count) };
  }

  private countOutcome(message: StoredMessage, change: Extract<Change, { kind: "state" }>): void {
    const { state, now } = change;
    if (isWaiting(state) || state === "leased") return;
    if (state === "expired" || state === "cancelled") {
      // What never went out is the plan's again, in the month in which it was taken.
      const isOfMonth = message.createdAt >= (this.allowanceFacts?.since ?? Infinity);
      if (isOfMonth && message.target === undefined) this.useAllowance(-1);
      return;
    }
    // What WhatsApp refused it has seen all the same; a number it does not know, it has not.
    if (change.error?.code !== "not_on_whatsapp") this.countOut(message, now);
    if (state !== "unconfirmed") {
      this.healthFacts = afterOutcome(this.healthFacts, state !== "failed", now);
    }
  }

  private openLease(lease: StoredLease): void {
    this.leases.open(lease);
    for (const { n } of lease.messages) {
      const message = this.messages.find(n);
      if (message === null) continue;
      message.attempt += 1;
      if (message.out !== null) message.out.beginsChat = this.gradeOf(message) === "new";
      if (message.states.at(-1)?.[0] !== "leased") message.states.push(["leased", lease.cutAt]);
      this.messages.touch(message);
      this.outbox.place(message);
    }
  }

  private countAttempt(n: number, now: number): void {
    const message = this.messages.find(n);
    if (message === null) return;
    message.attempt += 1;
    message.mayBeOut = true;
    this.messages.touch(message);
    // The attempt before may have gone out, at a time that nobody knows.
    this.countOut(message, now);
  }

  /** As it was handed out: the person may have answered before its outcome was heard. */
  private countOut({ chat, out }: StoredMessage, now: number): void {
    const isBegun = this.chats.find(chat)?.begunAt !== null;
    const isNew = (out?.beginsChat ?? false) && !isBegun;
    countMessage(this.sendFacts, out?.lane ?? "direct", isNew ? "new" : "known", now);
  }

  /** What changes a message that was sent begins nothing. */
  private whomOf(message: StoredMessage): Whom {
    const chat = this.chats.find(message.chat);
    // What a host has goes on counting as what it was handed out as.
    const isBeginning = message.out?.beginsChat === true && chat?.begunAt === null;
    return {
      chat: chat?.n ?? message.chat,
      grade: isBeginning ? "new" : this.gradeOf(message),
    };
  }

  private closeLease(id: StoredLease["id"], now: number): void {
    for (const n of this.leases.close(id)) {
      const message = this.messages.find(n);
      if (message === null) continue;
      message.mayBeOut = true;
      this.messages.touch(message);
      this.countOut(message, now);
      this.makeReady(n);
    }
  }

  private makeReady(n: number): void {
    const message = this.messages.find(n);
    if (message === null) return;
    if (message.out !== null) message.out.beginsChat = false;
    this.outbox.makeReady(message);
  }

  private markRead(n: number): void {
    const chat = this.chats.find(n);
    if (chat === null) return;
    chat.unread = 0;
    this.chats.touch(chat.n);
  }
}

function previewOf({ text, type }: StoredMessage): string {
  return (text ?? type).slice(0, PREVIEW_CHARACTERS);
}
