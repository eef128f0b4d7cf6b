import { DurableObject } from "cloudflare:workers";
import type {
  Account,
  Health,
  Limits,
  LinkAttempt,
  Queue,
  QueueState,
} from "@roost/contract/accounts";
import type { Chat } from "@roost/contract/chats";
import { type Outcome, refuse } from "@roost/contract/errors";
import type { Event } from "@roost/contract/events";
import type { EdgeFrame, Lease, Report } from "@roost/contract/host";
import type { Peer } from "@roost/contract/host";
import { type Id, newId } from "@roost/contract/ids";
import type { Message } from "@roost/contract/messages";
import type { ReasonCode } from "@roost/contract/reasons";
import { readConfig } from "../config.ts";
import { fleetStub, hostStub } from "../fleet/stubs.ts";
import { isPatient } from "../fleet/report-lanes.ts";
import { isMigrated, migrate } from "../lib/object-migrations.ts";
import { describeError, log } from "../log.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { type Accepted, acceptMessage, type Submission } from "./accept-message.ts";
import { AccountStore } from "./account-store.ts";
import { applyMessageReport, isMessageReport } from "./apply-reports.ts";
import { type Cancelling, cancelMessage } from "./cancel-message.ts";
import { cutLeases, leaseDecision, leaseFrame, offerAgain } from "./cut-leases.ts";
import { defaultLimits } from "./default-limits.ts";
import { nextAlarm } from "./next-alarm.ts";
import { storageMigration } from "./pages.ts";
import { LiveStream } from "./live-stream.ts";
import {
  presentAccount,
  presentEvent,
  presentLink,
  presentMessage,
  presentQueue,
} from "./present.ts";
import { deleteProjection, projectionOf, writeProjection } from "./project-account.ts";
import {
  type ChatPage,
  chatById,
  chatPage,
  type MessageFilter,
  messagePage,
  type Page,
  presentHealthOf,
} from "./queries.ts";
import { Riders } from "./riders.ts";
import { SessionControl } from "./session-control.ts";
import { ripenOutbox } from "./settle-message.ts";
import type { StoredLease, StoredLink } from "./stored.ts";

const migrations = [storageMigration];

const PLACE_AGAIN_MS = 30_000;
const PROJECT_AGAIN_MS = 30_000;

/** What the object is told of the message's sender: enough to choose between accounts. */
export type Candidate = Pick<Account, "id" | "state" | "health" | "queue_state"> & {
  /** When this person and the account last had to do with each other. */
  chatAt: number | null;
};

/**
 * One per WhatsApp account: the only place where its messages, limits, session and journal change.
 *
 * Every call is one synchronous block on what is in memory, made durable as one row before anything
 * leaves the object. Whoever calls says for which tenant; another tenant's call finds nothing.
 */
export class AccountObject extends DurableObject<Env> {
  private store: AccountStore | null = null;
  private sessions: SessionControl | null = null;
  private readonly stream: LiveStream;
  private readonly cancelling: Cancelling = new Map();
  private readonly isSandbox: boolean;
  private alarmAt: number | null = null;
  private isPlacing = false;
  private placeAgainAt: number | null = null;
  private isProjecting = false;
  private projectAgainAt: number | null = null;
  private readonly riders = new Riders();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.isSandbox = readConfig(env).isSandbox;
    this.stream = new LiveStream((tenant, events) => tenantStub(env, tenant).publish(events));
    if (!isMigrated(ctx.storage)) return;
    migrate(ctx.storage, migrations);
    this.use(AccountStore.open(ctx.storage));
  }

  // The account. `create` is the only call that sets the object up.

  create(account: { id: Id<"account">; tenant: Id<"tenant">; name: string }): Outcome<Account> {
    if (this.store !== null) return this.read(account.tenant);
    migrate(this.ctx.storage, migrations);
    const store = AccountStore.create(this.ctx.storage, {
      ...account,
      createdAt: Date.now(),
      state: "unlinked",
      reason: "not_linked",
      phone: null,
      lid: null,
      connectedAt: null,
      queue: { state: "active", reason: null },
      limits: null,
      session: { epoch: 0, host: null, isWanted: false },
      link: null,
      version: 1,
    });
    this.use(store);
    this.save();
    return { ok: true, value: presentAccount(store) };
  }

  read(tenant: Id<"tenant">): Outcome<Account> {
    return this.asking(tenant, (store) => ok(presentAccount(store)));
  }

  rename(tenant: Id<"tenant">, name: string): Outcome<Account> {
    return this.doing(tenant, (store) => {
      store.setAccount({ name });
      return ok(presentAccount(store));
    });
  }

  /** Logs the phone out, and leaves nothing of the account behind. */
  async remove(tenant: Id<"tenant">): Promise<Outcome<null>> {
    const gone = this.doing(tenant, (store, sessions, now) => {
      sessions.unlink("logout", "unlinked_by_us", now);
      return ok(store.account());
    });
    if (!gone.ok) return gone;
    await this.sessions?.flush();
    await deleteProjection(this.env.DB, gone.value);
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.store = null;
    this.sessions = null;
    return ok(null);
  }

  // Linking and the session

  startLink(
    tenant: Id<"tenant">,
    link: Pick<StoredLink, "method" | "phone">,
  ): Outcome<LinkAttempt> {
    return this.doing(tenant, (store, sessions, now) => {
      const { state, session } = store.account();
      const isLinked = session.isWanted && state !== "linking";
      if (isLinked || state === "parked") {
        return refuse("invalid_state", "The account is linked. Unlink or reset it first.");
      }
      sessions.link(link, now);
      return linkOf(store);
    });
  }

  link(tenant: Id<"tenant">): Outcome<LinkAttempt> {
    return this.asking(tenant, linkOf);
  }

  unlink(tenant: Id<"tenant">): Outcome<Account> {
    return this.doing(tenant, (store, sessions, now) => {
      sessions.unlink("logout", "unlinked_by_us", now);
      return ok(presentAccount(store));
    });
  }

  restart(tenant: Id<"tenant">): Outcome<Account> {
    return this.doing(tenant, (store, sessions, now) => {
      if (store.credentials.wrappedDataKey() === null) {
        return refuse("account_unlinked", "Link a phone to this account first.");
      }
      sessions.restart("starting", now);
      return ok(presentAccount(store));
    });
  }

  /** Throws the credentials away; the next link may be another number's. */
  reset(tenant: Id<"tenant">): Outcome<Account> {
    return this.doing(tenant, (store, sessions, now) => {
      sessions.unlink("logout", "not_linked", now);
      store.setAccount({ phone: null, lid: null, connectedAt: null });
      return ok(presentAccount(store));
    });
  }

  // Limits, queue, health

  health(tenant: Id<"tenant">): Outcome<Health> {
    return this.asking(tenant, (store, now) => ok(presentHealthOf(store, this.limits(), now)));
  }

  readLimits(tenant: Id<"tenant">): Outcome<Limits> {
    return this.asking(tenant, () => ok(this.limits()));
  }

  setLimits(tenant: Id<"tenant">, limits: Limits): Outcome<Limits> {
    return this.doing(tenant, (store) => {
      store.setAccount({ limits });
      return ok(limits);
    });
  }

  readQueue(tenant: Id<"tenant">): Outcome<Queue> {
    return this.asking(tenant, (store, now) => ok(presentQueue(store, this.waitingFor(now))));
  }

  setQueue(tenant: Id<"tenant">, state: QueueState): Outcome<Queue> {
    return this.doing(tenant, (store, sessions, now) => {
      store.setAccount({ queue: { state, reason: null } });
      if (state === "active") store.change({ kind: "health_forgiven" });
      if (state === "paused" || state === "frozen") sessions.revoke(null);
      return ok(presentQueue(store, this.waitingFor(now)));
    });
  }

  // Messages, chats, events

  /** What decides whether an account-less message goes through this account. */
  candidate(tenant: Id<"tenant">, peer: Peer): Outcome<Candidate> {
    return this.asking(tenant, (store) => {
      const { id, state, health, queue_state } = presentAccount(store);
      const chats = store.chats.findPeer(peer).map((chat) => chat.updatedAt);
      const chatAt = chats.length === 0 ? null : Math.max(...chats);
      return ok({ id, state, health, queue_state, chatAt });
    });
  }

  /** Takes a message, durably, and hands it out at once when it is due. */
  accept(tenant: Id<"tenant">, submission: Submission): Outcome<Accepted> {
    return this.doing(
      tenant,
      (store, _, now) => acceptMessage(store, submission, now),
      (leases) => this.handOver(leases),
    );
  }

  message(tenant: Id<"tenant">, n: number): Outcome<Message> {
    return this.asking(tenant, (store) => {
      const message = store.messages.find(n);
      return message === null ? nothing("message") : ok(presentMessage(store, message));
    });
  }

  listMessages(tenant: Id<"tenant">, filter: MessageFilter): Outcome<Page<Message>> {
    return this.asking(tenant, (store) => messagePage(store, filter));
  }

  /** Cancels what is not begun; what a host holds is asked back first. */
  async cancel(tenant: Id<"tenant">, n: number): Promise<Outcome<Message>> {
    if (this.store === null || this.sessions === null || !this.isOwner(tenant)) {
      return nothing("message");
    }
    const { store, sessions, cancelling } = this;
    return cancelMessage({ store, sessions, cancelling, save: () => this.save() }, n);
  }

  listChats(tenant: Id<"tenant">, page: ChatPage): Outcome<Page<Chat>> {
    return this.asking(tenant, (store) => ok(chatPage(store, page)));
  }

  chat(tenant: Id<"tenant">, n: number): Outcome<Chat> {
    return this.asking(tenant, (store) => chatById(store, n));
  }

  /** Somebody has the chat on the screen. WhatsApp is not told. */
  readChat(tenant: Id<"tenant">, n: number): Outcome<Chat> {
    return this.doing(tenant, (store) => {
      const unread = store.chats.find(n)?.unread ?? 0;
      if (unread > 0) store.change({ kind: "chat_read", n });
      return chatById(store, n);
    });
  }

  listEvents(tenant: Id<"tenant">, after: number, limit: number): Outcome<Event[]> {
    return this.asking(tenant, (store) => {
      // A number that was shown must never be given to another event.
      if (store.isDirty()) this.save();
      const events = store.journal.after(after, limit);
      return ok(events.flatMap((event) => presentEvent(store, event) ?? []));
    });
  }

  /** Tells the tenant's live stream of every event until then. */
  watch(tenant: Id<"tenant">, untilMs: number): void {
    if (this.isOwner(tenant)) this.stream.watch(untilMs);
  }

  // Called by the fleet: hosts' objects, the placement, the consumer of send-jobs

  /** The lease, if it is still to be delivered. Null for one that was taken, settled or given up. */
  takeLease(id: Id<"lease">): { host: string; lease: Lease } | null {
    if (this.store === null) return null;
    const lease = this.store.leases.take(id);
    if (lease === null || this.sessions?.isCurrent(lease.epoch) !== true) return null;
    return { host: lease.host, lease: leaseFrame(this.store, lease) };
  }

  /**
   * What a host reports, in order; durable when this answers. Answers the epochs that are not this
   * account's present session: of those nothing was believed, and the host has to stop them.
   */
  async report(host: string, reports: Report[]): Promise<{ fenced: number[] }> {
    const { store, sessions } = this;
    const fenced = new Set<number>();
    if (store === null || sessions === null) {
      const going = reports.filter((report) => !isOver(report));
      return { fenced: [...new Set(going.map(({ epoch }) => epoch))] };
    }
    const now = Date.now();
    const queueBefore = store.account().queue.state;
    let isUrgent = false;
    for (const report of reports) {
      if (!sessions.isCurrent(report.epoch) || store.account().session.host !== host) {
        // One that says it is over needs no stopping; told to, it would only say so again.
        if (!isOver(report)) fenced.add(report.epoch);
        continue;
      }
      isUrgent ||= !isPatient(report);
      try {
        this.apply(store, sessions, report, now);
      } catch (error) {
        // Repeating it would not help, and what comes after it must not wait for ever.
        const { account, kind } = report;
        log({ event: "report.refused", account, kind, error: describeError(error) });
      }
    }
    if (queueBefore === "active" && store.account().queue.state === "paused") sessions.revoke(null);
    if (isUrgent || this.isDecisionDue(store, now)) this.save();
    else if (store.isDirty()) await this.riders.aboard(() => this.save());
    return { fenced: [...fenced] };
  }

  /** Encrypted keys, in the order asked; null when the asker's epoch is old. */
  readKeys(host: string, epoch: number, names: string[]): (string | null)[] | null {
    const { store, sessions } = this;
    if (store === null || sessions?.isCurrent(epoch) !== true) return null;
    return store.account().session.host === host ? store.credentials.read(names) : null;
  }

  /**
   * A host is back and this account is on its list. Answers what it must do: nothing, stop, or start
   * what it does not run. Whatever it may have missed is offered again.
   */
  hostBack(host: string, epoch: number, isRunning: boolean): "keep" | "stop" | EdgeFrame {
    const { store, sessions } = this;
    const frame = sessions?.startFrame(host, epoch) ?? null;
    if (store === null || frame === null) return "stop";
    this.offerAgain(store.leases.all(), store);
    return isRunning ? "keep" : frame;
  }

  hostLost(host: string, epoch: number, reason: ReasonCode): void {
    if (this.store === null) return;
    this.sessions?.lost(host, epoch, reason, Date.now());
    this.save();
  }

  /** There is room somewhere. Answers when the account has taken it, or needs none. */
  async hostFree(): Promise<void> {
    this.placeAgainAt = null;
    await this.place();
  }

  // Called by the runtime, perhaps late and perhaps twice

  override async alarm(): Promise<void> {
    this.alarmAt = null;
    if (this.store === null || this.sessions === null) return;
    const now = Date.now();
    this.sessions.expireLink(now);
    const overdue = this.store.leases
      .overdue(now)
      .flatMap((id) => this.store?.leases.find(id) ?? []);
    this.offerAgain(overdue, this.store);
    this.save();
    if ((this.placeAgainAt ?? Infinity) <= now) await this.hostFree();
    if ((this.projectAgainAt ?? Infinity) <= now) await this.project();
    this.armAlarm();
  }

  private use(store: AccountStore): void {
    this.store = store;
    this.sessions = new SessionControl(store, {
      place: (account, unreachable) => fleetStub(this.env).place(account, unreachable),
      command: (host, frame) => hostStub(this.env, host).command(frame),
    });
  }

  private isOwner(tenant: Id<"tenant">): boolean {
    return this.store?.account().tenant === tenant;
  }

  /** A question of the tenant. It may hear of a receipt a moment before that is durable. */
  private asking<T>(
    tenant: Id<"tenant">,
    ask: (store: AccountStore, now: number) => Outcome<T>,
  ): Outcome<T> {
    if (this.store === null || !this.isOwner(tenant)) return nothing("account");
    return ask(this.store, Date.now());
  }

  /** A change asked for by the tenant, durable when it is answered. */
  private doing<T>(
    tenant: Id<"tenant">,
    act: (store: AccountStore, sessions: SessionControl, now: number) => Outcome<T>,
    carry?: (leases: StoredLease[]) => Promise<void>,
  ): Outcome<T> {
    if (this.store === null || this.sessions === null || !this.isOwner(tenant)) {
      return nothing("account");
    }
    const outcome = act(this.store, this.sessions, Date.now());
    this.save(carry);
    return outcome;
  }

  private apply(store: AccountStore, sessions: SessionControl, report: Report, now: number): void {
    if (isMessageReport(report)) applyMessageReport(store, report, now);
    else if (report.kind === "session") sessions.applySession(report, now);
    else if (report.kind === "link") sessions.applyLink(report, now);
    else store.change({ kind: "keys", dataKey: report.data_key, writes: report.writes });
    if (report.kind === "outcome") this.cancelling.get(report.message)?.();
  }

  /** Hands out what is due, makes the tick durable, and starts whatever follows from it. */
  private save(carry = (leases: StoredLease[]) => this.nudge(leases)): void {
    const { store, sessions } = this;
    if (store === null || sessions === null) return;
    const now = Date.now();
    ripenOutbox(store, now);
    const leases = cutLeases(store, this.limits(), this.clock(now));
    try {
      store.commit(now);
    } catch (error) {
      // Memory is ahead of the disk: only starting anew from the disk is right.
      this.ctx.abort("the tick could not be written");
      throw error;
    }
    this.riders.arrived();
    if (leases.length > 0) this.ctx.waitUntil(carry(leases));
    if (sessions.hasCommands() || sessions.needsHost()) this.ctx.waitUntil(this.steer());
    if (store.isProjectionDue()) this.ctx.waitUntil(this.project());
    this.stream.push(store.takeEvents(), store, now);
    this.armAlarm();
  }

  /** The queue is only a wake-up: when it fails, the alarm offers the lease again. */
  private async nudge(leases: StoredLease[]): Promise<void> {
    const account = this.store?.account().id ?? "";
    try {
      const jobs = leases.map(({ id, host }) => ({ body: { account, lease: id, host } }));
      await this.env.SEND_JOBS.sendBatch(jobs);
    } catch (error) {
      const lease = leases[0]?.id ?? "";
      log({ event: "lease.nudge_failed", account, lease, error: describeError(error) });
    }
  }

  /**
   * Straight to the host, for a message that somebody has just sent: a few milliseconds faster than
   * the queue, and cheaper for a lease of one. A host that is not there is the watchdog's business.
   */
  private async handOver(leases: StoredLease[]): Promise<void> {
    for (const { id, host } of leases) {
      const taken = this.takeLease(id);
      if (taken === null) continue;
      try {
        if (await hostStub(this.env, host).deliver([taken.lease])) continue;
      } catch (error) {
        const { account } = taken.lease;
        log({ event: "lease.nudge_failed", account, lease: id, error: describeError(error) });
      }
      this.store?.leases.putBack(id);
    }
  }

  private offerAgain(leases: StoredLease[], store: AccountStore): void {
    if (leases.length === 0) return;
    const now = Date.now();
    for (const lease of leases) offerAgain(store, lease, this.limits(), this.clock(now));
    this.save();
    this.ctx.waitUntil(this.nudge(leases));
  }

  /** Stops before it starts, so that a host sees both in this order. */
  private async steer(): Promise<void> {
    try {
      await this.sessions?.flush();
      await this.place();
    } catch (error) {
      this.placeAgainAt = Date.now() + PLACE_AGAIN_MS;
      this.armAlarm();
      const account = this.store?.account().id ?? "";
      log({ event: "session.unplaced", account, error: describeError(error) });
    }
  }

  private async place(): Promise<void> {
    const { sessions } = this;
    if (sessions === null || this.isPlacing || !sessions.needsHost()) return;
    if ((this.placeAgainAt ?? 0) > Date.now()) return;
    this.isPlacing = true;
    try {
      await sessions.place(() => this.store?.commit(Date.now()));
    } finally {
      this.isPlacing = false;
      this.placeAgainAt = sessions.needsHost() ? Date.now() + PLACE_AGAIN_MS : null;
      this.save();
    }
  }

  private async project(): Promise<void> {
    if (this.store === null || this.isProjecting) return;
    this.isProjecting = true;
    try {
      while (this.store?.isProjectionDue()) {
        const row = projectionOf(this.store);
        await writeProjection(this.env.DB, row);
        this.store?.noteProjected(row.version);
      }
      this.projectAgainAt = null;
    } catch (error) {
      this.projectAgainAt = Date.now() + PROJECT_AGAIN_MS;
      this.armAlarm();
      const account = this.store?.account().id ?? "";
      log({ event: "projection.failed", account, error: describeError(error) });
    } finally {
      this.isProjecting = false;
    }
  }

  private armAlarm(): void {
    const { store, sessions } = this;
    if (store === null || sessions === null) return;
    const now = Date.now();
    const decision = leaseDecision(store, this.limits(), now);
    const at = nextAlarm(
      {
        lease: store.leases.nextDeadline(),
        outbox: store.outbox.nextAt(),
        quota: decision.kind === "held" ? decision.until : null,
        placement: sessions.needsHost() ? (this.placeAgainAt ?? now + PLACE_AGAIN_MS) : null,
        link: sessions.linkDeadline(),
        projection: store.isProjectionDue()
          ? (this.projectAgainAt ?? now + PROJECT_AGAIN_MS)
          : null,
      },
      this.alarmAt,
      now,
    );
    if (at === null) return;
    this.alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  private limits(): Limits {
    return this.store?.account().limits ?? defaultLimits(this.isSandbox);
  }

  /** Whether what was heard makes room for what is due. */
  private isDecisionDue(store: AccountStore, now: number): boolean {
    return leaseDecision(store, this.limits(), now).kind === "lease";
  }

  private waitingFor(now: number): ReasonCode | null {
    if (this.store === null) return null;
    const decision = leaseDecision(this.store, this.limits(), now);
    return decision.kind === "held" ? decision.reason : null;
  }

  private clock(now: number) {
    const newLeaseId = (): Id<"lease"> =>
      newId("lease", now, crypto.getRandomValues(new Uint8Array(16)));
    return { now, random: Math.random, newLeaseId };
  }
}

function isOver(report: Report): boolean {
  return report.kind === "session" && report.state === "ended";
}

function ok<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

function nothing(what: string) {
  return refuse("not_found", `There is no such ${what}, or it is not yours.`);
}

function linkOf(store: AccountStore): Outcome<LinkAttempt> {
  const { link } = store.account();
  return link === null
    ? refuse("not_found", "Nobody has begun to link this account.")
    : ok(presentLink(link));
}
