import type { Allowance } from "./limits/allowance.ts";
import { noSends, type Sends } from "./limits/budgets.ts";
import { LeaseBook } from "./leases/lease-book.ts";
import { type Grade, gradeOf } from "./leases/stranger.ts";
import { isOpen } from "./outbox/message-state.ts";
import { Outbox, type Whom } from "./outbox/outbox.ts";
import { MissingStanzas } from "./reports/missing-stanzas.ts";
import type { HealthFacts } from "./standing/health.ts";
import { ChatLog } from "./storage/chat-log.ts";
import { CredentialStore } from "./storage/credential-store.ts";
import { IdempotencyKeys } from "./storage/idempotency.ts";
import { Journal } from "./storage/journal.ts";
import { MessageLog } from "./storage/message-log.ts";
import type { Pages } from "./storage/pages.ts";
import type { Head, StoredAccount, StoredMessage } from "./stored.ts";

/**
 * All that an account knows, in memory. Only `applyChange` changes it; what is finished lies in pages
 * and is read when it is asked for.
 */
export class AccountState {
  readonly messages: MessageLog;
  readonly chats: ChatLog;
  readonly journal: Journal;
  readonly credentials: CredentialStore;
  readonly keys: IdempotencyKeys;
  readonly outbox = new Outbox((message) => this.whomOf(message));
  readonly leases = new LeaseBook();
  readonly missing: MissingStanzas;
  readonly sends: Sends;
  account: StoredAccount;
  health: HealthFacts;
  /** What it may take of the plan's messages; null while nobody has set a limit. */
  allowance: Allowance | null;
  /** The version of the account that the directory shows. */
  projected: number;
  private readonly pages: Pages;

  /** As it was at the last checkpoint. */
  constructor(pages: Pages, head: Head) {
    this.pages = pages;
    this.messages = new MessageLog(pages, head.lastMessage);
    this.chats = new ChatLog(pages);
    this.journal = new Journal(pages, head.lastSeq);
    this.credentials = new CredentialStore(pages, head.dataKey);
    this.keys = new IdempotencyKeys(pages);
    this.missing = new MissingStanzas(head.missing, head.heard);
    this.sends = { ...noSends(), ...head.lanes, all: head.quota };
    this.account = head.account;
    this.health = head.health;
    this.allowance = head.allowance ?? null;
    this.projected = head.projected;
    for (const n of head.unfinished) this.warmUp(n);
    for (const lease of head.leases) this.leases.open(lease);
  }

  /** Writes what changed since the last checkpoint. Answers what to call once that is durable. */
  writePages(tick: number, now: number): (() => void)[] {
    const written = [
      this.messages.checkpoint(),
      this.chats.checkpoint(),
      this.journal.checkpoint(),
      this.credentials.checkpoint(),
      this.keys.checkpoint(now, (n) => this.isFinished(n)),
    ];
    this.pages.write("head", 0, this.head(tick));
    return written;
  }

  isFinished(n: number): boolean {
    const state = this.messages.find(n)?.states.at(-1)?.[0];
    return state === undefined || !(isOpen(state) || state === "unconfirmed");
  }

  /** Whom the message goes to, as far as WhatsApp cares. */
  gradeOf({ chat, target }: StoredMessage): Grade {
    // What changes a message that was sent begins nothing.
    return target === undefined ? gradeOf(this.chats.find(chat)) : "known";
  }

  /** What is known of the chat changed; its waiting messages may go with others now. */
  regrade(chat: number): void {
    this.outbox.regrade(chat, (n) => this.messages.find(n));
  }

  /** Ready to be handed out again, as if it never had been. */
  makeReady(n: number): void {
    const message = this.messages.find(n);
    if (message === null) return;
    if (message.out !== null) message.out.beginsChat = false;
    this.outbox.makeReady(message);
  }

  private head(tick: number): Head {
    const { all, ...lanes } = this.sends;
    return {
      tick,
      account: this.account,
      lastMessage: this.messages.last(),
      lastSeq: this.journal.last(),
      dataKey: this.credentials.wrappedDataKey(),
      projected: this.projected,
      quota: all,
      lanes,
      health: this.health,
      allowance: this.allowance,
      leases: this.leases.all(),
      unfinished: this.outbox.numbers(),
      ...this.missing.stored(),
    };
  }

  private whomOf(message: StoredMessage): Whom {
    const chat = this.chats.find(message.chat);
    // What a host has goes on counting as what it was handed out as.
    const isBeginning = message.out?.beginsChat === true && chat?.begunAt === null;
    return {
      chat: chat?.n ?? message.chat,
      grade: isBeginning ? "new" : this.gradeOf(message),
    };
  }

  private warmUp(n: number): void {
    const message = this.messages.warmUp(n);
    if (message === null) return;
    this.outbox.place(message);
    const key = message.out?.key ?? null;
    if (key !== null) this.keys.warmUp(key, n, message.createdAt);
  }
}
