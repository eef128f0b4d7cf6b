import { DurableObject } from "cloudflare:workers";
import type {
  Account,
  Health,
  HealthHistory,
  Limits,
  LinkAttempt,
  QueueState,
  SetLimits,
} from "@roost/contract/accounts";
import type { Chat } from "@roost/contract/chats";
import { type Outcome, refuse } from "@roost/contract/errors";
import type { Event } from "@roost/contract/events";
import type { EdgeFrame, Lease, Peer, Report } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { Message } from "@roost/contract/messages";
import type { ClearedQueue, CountedQueue, Queue, RetriedQueue } from "@roost/contract/queue";
import type { ReasonCode } from "@roost/contract/reasons";
import { isMigrated, migrate } from "../lib/object-migrations.ts";
import { ring } from "../lib/ring.ts";
import { describeError, log } from "../log.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { acceptAll } from "./outbox/accept-all.ts";
import type { Accepted, Submission } from "./outbox/accept-message.ts";
import type { Allowance, Grant } from "./limits/allowance.ts";
import type { AccountEngine } from "./account-engine.ts";
import { AccountStore } from "./account-store.ts";
import { type Candidate, candidateFor } from "./candidate.ts";
import { cancelMessage } from "./outbox/cancel-message.ts";
import { changeSent, type Wish } from "./outbox/change-sent.ts";
import { clearQueue, countQueue } from "./outbox/clear-queue.ts";
import type { StoredFilter } from "./outbox/message-filter.ts";
import { storageMigration } from "./storage/pages.ts";
import { newAccount } from "./new-account.ts";
import { presentAccount, presentEvent } from "./present.ts";
import { presentHealth, presentHistory } from "./standing/present-health.ts";
import { presentQueue } from "./outbox/present-queue.ts";
import { deleteProjection } from "./project-account.ts";
import {
  type ChatPage,
  chatById,
  chatPage,
  messageById,
  type MessageListing,
  messagePage,
  type Page,
} from "./queries.ts";
import { retryMessages } from "./outbox/retry-messages.ts";
import { setQueue } from "./outbox/set-queue.ts";
import {
  linkAccount,
  readLink,
  resetAccount,
  restartAccount,
  unlinkAccount,
} from "./session/session-actions.ts";
import { epochsToStop } from "./session/session-epoch.ts";
import { startEngine } from "./start-engine.ts";
import type { StoredAccount, StoredLink } from "./stored.ts";

const migrations = [storageMigration];
/** An alarm is a little late as a rule; later than this, nobody will ring it. */
const OVERDUE_MS = 30_000;

/**
 * One per WhatsApp account: the only place where its messages, limits, session and journal change.
 *
 * Every call is one synchronous block on what is in memory, made durable as one row before anything
 * leaves the object. Whoever calls says for which tenant; another tenant's call finds nothing.
 */
export class AccountObject extends DurableObject<Env> {
  private engine: AccountEngine | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    if (!isMigrated(ctx.storage)) return;
    migrate(ctx.storage, migrations);
    const engine = startEngine(AccountStore.open(ctx.storage), env, ctx);
    this.engine = engine;
    // Known from the start, an alarm that is right already is not paid for once more.
    void ctx.blockConcurrencyWhile(async () => engine.alarmIsSet(await ctx.storage.getAlarm()));
  }

  // The account. `create` is the only call that sets the object up.

  create(account: Pick<StoredAccount, "id" | "tenant" | "name" | "region">): Outcome<Account> {
    if (this.engine !== null) return this.read(account.tenant);
    migrate(this.ctx.storage, migrations);
    const store = AccountStore.create(this.ctx.storage, newAccount(account, Date.now()));
    this.engine = startEngine(store, this.env, this.ctx);
    this.engine.save();
    return ok(presentAccount(store));
  }

  read(tenant: Id<"tenant">): Outcome<Account> {
    return this.asking(tenant, (store) => ok(presentAccount(store)));
  }

  rename(tenant: Id<"tenant">, name: string): Outcome<Account> {
    return this.doing(tenant, ({ store }) => {
      store.setAccount({ name });
      return ok(presentAccount(store));
    });
  }

  /** Logs the phone out, and leaves nothing of the account behind. Answers what it had of the plan. */
  async remove(tenant: Id<"tenant">): Promise<Outcome<{ allowance: Allowance | null }>> {
    const engine = this.engineOf(tenant);
    if (engine === null) return nothing("account");
    this.engine = null;
    try {
      await engine.retire();
      await deleteProjection(this.env.DB, engine.store.account());
    } catch (error) {
      // Still in the directory, so still there: unlinked, and to be deleted once more.
      this.engine = startEngine(AccountStore.open(this.ctx.storage), this.env, this.ctx);
      throw error;
    }
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    return ok({ allowance: engine.store.allowance() });
  }

  // Linking and the session

  startLink(
    tenant: Id<"tenant">,
    link: Pick<StoredLink, "method" | "phone">,
  ): Outcome<LinkAttempt> {
    return this.doing(tenant, (engine, now) => linkAccount(engine, link, now));
  }

  link(tenant: Id<"tenant">): Outcome<LinkAttempt> {
    return this.asking(tenant, readLink);
  }

  unlink(tenant: Id<"tenant">): Outcome<Account> {
    return this.doing(tenant, unlinkAccount);
  }

  restart(tenant: Id<"tenant">): Outcome<Account> {
    return this.doing(tenant, (engine, now) => {
      const outcome = restartAccount(engine, now);
      engine.placement.mayTryNow();
      return outcome;
    });
  }

  /** Throws the credentials away; the next link may be another number's. */
  reset(tenant: Id<"tenant">): Outcome<Account> {
    return this.doing(tenant, resetAccount);
  }

  // Limits, queue, health

  async health(tenant: Id<"tenant">): Promise<Outcome<Health>> {
    const store = this.engineOf(tenant)?.store;
    const allowance = store?.allowance() ?? null;
    const plan =
      store === undefined || allowance === null || allowance.limit === null
        ? null
        : await tenantStub(this.env, tenant).planStanding(store.account().id, allowance);
    return this.asking(tenant, (store, now, engine) =>
      ok(presentHealth(store, engine.limits(), plan, now)),
    );
  }

  healthHistory(tenant: Id<"tenant">, since: number): Outcome<HealthHistory> {
    return this.asking(tenant, (store, now) => ok(presentHistory(store.health(), since, now)));
  }

  readLimits(tenant: Id<"tenant">): Outcome<Limits> {
    return this.asking(tenant, (_store, _now, engine) => ok(engine.limits()));
  }

  setLimits(tenant: Id<"tenant">, limits: SetLimits): Outcome<Limits> {
    return this.doing(tenant, (engine) => {
      engine.store.setAccount({ limits });
      return ok(engine.limits());
    });
  }

  readQueue(tenant: Id<"tenant">): Outcome<Queue> {
    return this.asking(tenant, (store, now, engine) =>
      ok(presentQueue(store, engine.limits(), now)),
    );
  }

  async setQueue(tenant: Id<"tenant">, state: QueueState): Promise<Outcome<Queue>> {
    const engine = this.engineOf(tenant);
    return engine === null ? nothing("account") : ok(await setQueue(engine, state));
  }

  /** Cancels what the filter means and is not begun. */
  async clearQueue(tenant: Id<"tenant">, filter: StoredFilter): Promise<Outcome<ClearedQueue>> {
    const engine = this.engineOf(tenant);
    return engine === null ? nothing("account") : ok(await clearQueue(engine, filter));
  }

  countQueue(tenant: Id<"tenant">, filter: StoredFilter): Outcome<CountedQueue> {
    return this.asking(tenant, (store) => ok(countQueue(store, filter)));
  }

  /** Puts back what failed and may be repeated. */
  async retryQueue(tenant: Id<"tenant">, filter: StoredFilter): Promise<Outcome<RetriedQueue>> {
    const engine = this.engineOf(tenant);
    return engine === null ? nothing("account") : retryMessages(engine, filter, Date.now());
  }

  // Messages, chats, events

  /** What decides whether messages to these people go through this account. */
  candidate(tenant: Id<"tenant">, peers: Peer[]): Outcome<Candidate> {
    return this.asking(tenant, (store, now, engine) =>
      ok(candidateFor(store, engine.limits(), peers, now)),
    );
  }

  /** Takes a message, durably, and hands it out at once when it is due. */
  async accept(tenant: Id<"tenant">, submission: Submission): Promise<Outcome<Accepted>> {
    const [outcome] = await this.acceptAll(tenant, [submission]);
    return outcome ?? nothing("account");
  }

  /** Takes messages in their order, each or not on its own, all in one tick. */
  acceptAll(tenant: Id<"tenant">, submissions: Submission[]): Promise<Outcome<Accepted>[]> {
    return acceptAll(() => this.engineOf(tenant), submissions);
  }

  /** Gives back to the tenant's object what is not used of the plan; null for another tenant's. */
  recallAllowance(tenant: Id<"tenant">, recall: Omit<Grant, "granted">): Allowance | null {
    return this.engineOf(tenant)?.allowance.giveBack(recall) ?? null;
  }

  message(tenant: Id<"tenant">, n: number): Outcome<Message> {
    return this.asking(tenant, (store, now, engine) => messageById(store, n, engine.limits(), now));
  }

  listMessages(tenant: Id<"tenant">, filter: MessageListing): Outcome<Page<Message>> {
    return this.asking(tenant, (store, now, engine) =>
      messagePage(store, filter, engine.limits(), now),
    );
  }

  /** Cancels what is not begun, deletes for everyone what was sent. */
  async deleteMessage(tenant: Id<"tenant">, n: number): Promise<Outcome<Message>> {
    const engine = this.engineOf(tenant);
    if (engine === null) return nothing("message");
    const cancelled = await cancelMessage(engine, n);
    if (cancelled !== "sent") return cancelled;
    return this.changeMessage(tenant, n, { kind: "revoke" });
  }

  /** Takes the change for sending; what the message says changes when WhatsApp has it. */
  changeMessage(tenant: Id<"tenant">, n: number, wish: Wish): Outcome<Message> {
    const engine = this.engineOf(tenant);
    if (engine === null) return nothing("message");
    const outcome = changeSent(engine.store, n, wish, Date.now());
    engine.save((leases) => engine.delivery.handOver(leases));
    return outcome;
  }

  listChats(tenant: Id<"tenant">, page: ChatPage): Outcome<Page<Chat>> {
    return this.asking(tenant, (store) => ok(chatPage(store, page)));
  }

  chat(tenant: Id<"tenant">, n: number): Outcome<Chat> {
    return this.asking(tenant, (store) => chatById(store, n));
  }

  /** Somebody has the chat on the screen. WhatsApp is not told. */
  readChat(tenant: Id<"tenant">, n: number): Outcome<Chat> {
    return this.doing(tenant, ({ store }) => {
      const unread = store.chats.find(n)?.unread ?? 0;
      if (unread > 0) store.change({ kind: "chat_read", n });
      return chatById(store, n);
    });
  }

  listEvents(tenant: Id<"tenant">, after: number, limit: number): Outcome<Event[]> {
    return this.asking(tenant, (store, _now, engine) => {
      // A number that was shown must never be given to another event.
      if (store.isDirty()) engine.save();
      const events = store.journal.after(after, limit);
      return ok(events.flatMap((event) => presentEvent(store, event) ?? []));
    });
  }

  /** Tells the tenant's live stream of every event until then. */
  watch(tenant: Id<"tenant">, untilMs: number): void {
    this.engineOf(tenant)?.stream.watch(untilMs);
  }

  // Called by the fleet: hosts' objects, the placement, the consumer of send-jobs

  /** The lease, if it is still to be delivered. Null for one that was taken, settled or given up. */
  takeLease(id: Id<"lease">): { host: string; lease: Lease } | null {
    return this.engine?.delivery.take(id) ?? null;
  }

  /** The lease was taken and did not reach its host. */
  putBackLease(id: Id<"lease">): void {
    this.engine?.delivery.putBack(id);
  }

  /**
   * What a host reports, in order; durable when this answers. Answers the epochs that are not this
   * account's present session: of those nothing was believed, and the host has to stop them.
   */
  async report(host: string, reports: Report[]): Promise<{ fenced: number[] }> {
    return this.engine?.report(host, reports) ?? { fenced: epochsToStop(reports) };
  }

  /** Encrypted keys, in the order asked; null when the asker's epoch is old. */
  readKeys(host: string, epoch: number, names: string[]): (string | null)[] | null {
    if (this.engine === null || !this.engine.sessions.isCurrent(epoch)) return null;
    const { store } = this.engine;
    return store.account().session.host === host ? store.credentials.read(names) : null;
  }

  /**
   * A host is back and this account is on its list. Answers what it must do: nothing, stop, or start
   * what it does not run. Whatever it may have missed is offered again.
   */
  hostBack(host: string, epoch: number, isRunning: boolean): "keep" | "stop" | EdgeFrame {
    const { engine } = this;
    const frame = engine?.sessions.commands.startFrame(host, epoch) ?? null;
    if (engine === null || frame === null) return "stop";
    const leases = engine.store.leases.all();
    if (isRunning) engine.sendAgain(leases);
    else engine.offerAgain(leases);
    return isRunning ? "keep" : frame;
  }

  hostLost(host: string, epoch: number, reason: ReasonCode): void {
    this.engine?.sessions.lost(host, epoch, reason, Date.now());
    this.engine?.save();
  }

  /** Whether it may be moved now without anybody noticing: nothing is in hand, due, or being linked. */
  isIdle(host: string, epoch: number): boolean {
    const { engine } = this;
    if (engine === null || !engine.sessions.isCurrent(epoch)) return false;
    const { state, session } = engine.store.account();
    const { accepted, leased } = engine.store.outbox.counts();
    return state === "connected" && session.host === host && accepted + leased === 0;
  }

  /** There is room somewhere. Answers when the account has taken it, or needs none. */
  async hostFree(): Promise<void> {
    await this.engine?.hostFree();
  }

  // Called by the runtime, perhaps late and perhaps twice

  override async alarm(invocation?: AlarmInvocationInfo): Promise<void> {
    const { engine } = this;
    if (engine === null) return;
    await ring(
      invocation,
      this.ctx.storage,
      () => engine.alarm(),
      (error) => {
        const { id: object } = engine.store.account();
        log({ event: "alarm.given_up", object, error: describeError(error) });
      },
    );
  }

  /** The watchdog asks: an alarm that was lost, or is long overdue, is made good. */
  async look(): Promise<void> {
    const at = await this.ctx.storage.getAlarm();
    if (at === null || at < Date.now() - OVERDUE_MS) await this.engine?.alarm();
  }

  /** Null for another tenant, as for an account that never was. */
  private engineOf(tenant: Id<"tenant">): AccountEngine | null {
    return this.engine?.store.account().tenant === tenant ? this.engine : null;
  }

  /** A question of the tenant. It may hear of a receipt a moment before that is durable. */
  private asking<T>(
    tenant: Id<"tenant">,
    ask: (store: AccountStore, now: number, engine: AccountEngine) => Outcome<T>,
  ): Outcome<T> {
    const engine = this.engineOf(tenant);
    return engine === null ? nothing("account") : ask(engine.store, Date.now(), engine);
  }

  /** A change asked for by the tenant, durable when it is answered. */
  private doing<T>(
    tenant: Id<"tenant">,
    act: (engine: AccountEngine, now: number) => Outcome<T>,
  ): Outcome<T> {
    const engine = this.engineOf(tenant);
    if (engine === null) return nothing("account");
    const outcome = act(engine, Date.now());
    engine.save();
    return outcome;
  }
}

function ok<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

function nothing(what: string) {
  return refuse("not_found", `There is no such ${what}, or it is not yours.`);
}
