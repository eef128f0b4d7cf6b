import type { Limits } from "@roost/contract/accounts";
import type { Report } from "@roost/contract/host";
import { type Id, newId, ownerOf } from "@roost/contract/ids";
import { isPatient } from "../fleet/report-lanes.ts";
import { describeError, log } from "../log.ts";
import { AccountAlarm } from "./account-alarm.ts";
import type { AccountStore } from "./account-store.ts";
import { advanceWarmUp } from "./limits/advance-warm-up.ts";
import { AllowanceKeeper, type AllowanceSource } from "./limits/allowance-keeper.ts";
import { applyMessageReport, isMessageReport } from "./reports/apply-reports.ts";
import { AskedBack } from "./leases/asked-back.ts";
import { isClockBehind } from "./limits/budgets.ts";
import { cutLeases, leaseDecision, offerAgain } from "./leases/cut-leases.ts";
import { limitsInForce } from "./limits/default-limits.ts";
import { heldInHand } from "./leases/held-in-hand.ts";
import { gatesNow } from "./leases/lease-facts.ts";
import { holdBacklog } from "./outbox/hold-backlog.ts";
import { HeldBack } from "./leases/held-back.ts";
import { type Carrier, LeaseDelivery } from "./leases/lease-delivery.ts";
import { LeaseRest } from "./leases/lease-rest.ts";
import type { LiveStream } from "./live-stream.ts";
import { earliestEnd, isHeld } from "./leases/next-lease.ts";
import type { Placement } from "./session/placement.ts";
import type { ProjectionWriter } from "./project-account.ts";
import { Riders } from "./riders.ts";
import { isOver } from "./session/session-epoch.ts";
import type { SessionControl } from "./session/session-control.ts";
import { factsAfter } from "./standing/standing.ts";
import { followTimeLock, lockEnd } from "./standing/time-lock.ts";
import { nextPhoneWarning, watchPhone } from "./standing/phone-watch.ts";
import { ripenOutbox } from "./outbox/settle-message.ts";
import type { StoredLease } from "./stored.ts";
import { takeAllBack } from "./leases/take-back.ts";
import { tellStanding } from "./standing/tell-standing.ts";

export type EngineDeps = {
  store: AccountStore;
  sessions: SessionControl;
  placement: Placement;
  projection: ProjectionWriter;
  stream: LiveStream;
  carrier: Carrier;
  /** Asks the tenant's object for more of the plan's messages. */
  takeAllowance: AllowanceSource;
  defaultLimits: Limits;
  setAlarm: (at: number) => void;
  /** Work that goes on after the answer. It catches its own failures. */
  background: (work: Promise<void>) => void;
  /** Throws the object out of memory, without what is not on the disk. */
  abort: () => void;
};

/** What drives an account: makes each tick durable, and starts whatever follows from it. */
export class AccountEngine {
  readonly store: AccountStore;
  readonly sessions: SessionControl;
  readonly stream: LiveStream;
  readonly placement: Placement;
  readonly allowance: AllowanceKeeper;
  readonly delivery: LeaseDelivery;
  readonly askedBack = new AskedBack();
  private readonly deps: EngineDeps;
  private readonly riders = new Riders();
  private readonly rest = new LeaseRest();
  private readonly alarmClock: AccountAlarm;
  private readonly heldBack: HeldBack;
  private isRetired = false;
  /** Work during which nothing may be handed out. */
  private holds = 0;

  constructor(deps: EngineDeps) {
    this.deps = deps;
    this.store = deps.store;
    this.sessions = deps.sessions;
    this.stream = deps.stream;
    this.placement = deps.placement;
    this.delivery = new LeaseDelivery(deps.store, deps.carrier, () => this.limits());
    this.heldBack = new HeldBack(deps.store);
    this.alarmClock = new AccountAlarm(deps.setAlarm);
    this.allowance = new AllowanceKeeper(deps.store, deps.takeAllowance, () => this.save());
  }

  limits(): Limits {
    return limitsInForce(this.store.account().limits, this.deps.defaultLimits);
  }

  /**
   * Hands out what is due, makes the tick durable, and starts whatever follows from it. `carry` brings
   * the leases on their way; the queue does, unless somebody is waiting.
   */
  save(carry = (leases: StoredLease[]) => this.delivery.nudge(leases)): void {
    if (this.isRetired) return;
    const { store, sessions, deps } = this;
    const now = Date.now();
    if (isClockBehind(store.sends(), now)) store.change({ kind: "clock_set_back", now });
    ripenOutbox(store, now);
    if (holdBacklog(store, now)) sessions.commands.revoke(null);
    advanceWarmUp(store, this.limits(), now);
    tellStanding(store, this.limits(), now);
    const toAskBack = this.heldBack.toAsk(gatesNow(store, this.limits(), now), now);
    if (toAskBack.length > 0) sessions.commands.revoke(toAskBack);
    const isResting = this.rest.until(now) !== null;
    const leases =
      isResting || this.holds > 0 ? [] : cutLeases(store, this.limits(), this.clock(now));
    try {
      store.commit(now);
    } catch (error) {
      // Memory is ahead of the disk: only starting anew from the disk is right.
      deps.abort();
      throw error;
    }
    this.riders.arrived();
    if (leases.length > 0) deps.background(carry(leases));
    if (sessions.commands.hasAny() || sessions.starter.needsHost()) deps.background(this.steer());
    if (store.isProjectionDue()) deps.background(this.project());
    if (this.allowance.isRefillDue(now)) deps.background(this.allowance.refill());
    this.stream.push(store.takeEvents(), store, now);
    this.armAlarm();
  }

  /** Does some work in which nothing is handed out, however many turns it takes. */
  async whileHeld<T>(work: () => Promise<T>): Promise<T> {
    this.holds += 1;
    try {
      return await work();
    } finally {
      this.holds -= 1;
      this.save();
    }
  }

  /**
   * Believes what the present session reports, and of earlier ones what happened at WhatsApp whoever
   * says it; answers the epochs that are to be stopped.
   */
  async report(host: string, reports: Report[]): Promise<{ fenced: number[] }> {
    const { store, sessions } = this;
    const fenced = new Set<number>();
    const now = Date.now();
    const queueBefore = store.account().queue.state;
    let isUrgent = false;
    for (const report of reports) {
      if (!sessions.isCurrent(report.epoch) || store.account().session.host !== host) {
        // One that says it is over needs no stopping; told to, it would only say so again.
        if (isOver(report)) sessions.confirmEnd(host, report.epoch);
        else fenced.add(report.epoch);
        if (!sessions.isLateFact(report)) continue;
      } else sessions.heard();
      isUrgent ||= !isPatient(report);
      try {
        this.apply(report, now);
      } catch (error) {
        // Repeating it would not help, and what comes after it must not wait for ever.
        const { account, kind } = report;
        log({ event: "report.refused", account, kind, error: describeError(error) });
      }
    }
    if (queueBefore === "active" && store.account().queue.state === "paused")
      sessions.commands.revoke(null);
    const isRoomMade = leaseDecision(store, this.limits(), now).picks.length > 0;
    if (isUrgent || isRoomMade) this.save();
    else if (store.isDirty()) await this.riders.aboard(() => this.save());
    return { fenced: [...fenced] };
  }

  /** The same attempts once more: the host has them, or they were lost on the way to it. */
  sendAgain(leases: StoredLease[]): void {
    if (leases.length === 0 || this.isAskedBack()) return;
    for (const { id } of leases) this.store.leases.offerSame(id, Date.now());
    this.save();
    this.deps.background(this.delivery.nudge(leases));
  }

  /** Offers these leases as another attempt: nobody knows what became of the one before. */
  offerAgain(leases: StoredLease[]): void {
    if (leases.length === 0 || this.isAskedBack()) return;
    const now = Date.now();
    const gates = gatesNow(this.store, this.limits(), now);
    const gated = new Set(heldInHand(this.store, gates));
    for (const lease of leases) {
      // Whatever may go out of it is handed out anew; the rest waits where it is.
      const isGone = lease.messages.some(({ n }) => gated.has(n));
      if (isGone) this.store.change({ kind: "lease_closed", id: lease.id, now });
      else offerAgain(this.store, lease, this.limits(), this.clock(now));
    }
    this.save();
    this.deps.background(this.delivery.nudge(leases));
  }

  /** While the queue is held nothing is offered: what a host has is asked back instead. */
  private isAskedBack(): boolean {
    const { store, sessions } = this;
    if (!isHeld(store.account().queue.state)) return false;
    takeAllBack(store, Date.now());
    sessions.commands.revoke(null);
    store.leases.askedBack(Date.now());
    this.save();
    return true;
  }

  /** Logs the phone out, and lets what is under way come to its end. Nothing is written after it. */
  async retire(): Promise<void> {
    this.sessions.unlink("logout", "unlinked_by_us", Date.now());
    this.isRetired = true;
    await this.sessions.commands.flush();
    await this.deps.projection.finish();
  }

  async hostFree(): Promise<void> {
    this.placement.mayTryNow();
    await this.steer();
  }

  /** The alarm that was set before this object came into memory. */
  alarmIsSet(at: number | null): void {
    this.alarmClock.wasSet(at);
  }

  async alarm(): Promise<void> {
    this.alarmClock.rang();
    const now = Date.now();
    this.sessions.expireLink(now);
    this.sessions.resume(now);
    followTimeLock(this.store, now);
    watchPhone(this.store, now);
    const { leases } = this.store;
    this.offerAgain(leases.overdue(now).flatMap((id) => leases.find(id) ?? []));
    this.save();
    await this.sessions.starter.startAgain(() => this.save());
    await this.steer();
    if (this.store.isProjectionDue()) await this.project();
    this.armAlarm();
  }

  private apply(report: Report, now: number): void {
    const { store, sessions } = this;
    if (isMessageReport(report)) applyMessageReport(store, report, now);
    else if (report.kind === "session") sessions.applySession(report, now);
    else if (report.kind === "link") sessions.applyLink(report, now);
    else if (report.kind === "standing" || report.kind === "phone_seen") {
      store.setAccount(factsAfter(store.account(), report, now));
      followTimeLock(store, now);
      watchPhone(store, now);
    } else store.change({ kind: "keys", dataKey: report.data_key, writes: report.writes });
    if (report.kind !== "outcome") return;
    this.askedBack.answered(report.message);
    const wasAsked = this.heldBack.answered(ownerOf(report.message).number);
    if (report.result !== "returned") this.rest.begun();
    else if (!wasAsked) this.rest.returned(now);
  }

  /** Sends commands and looks for a host; stops go before starts, so that a host sees them so. */
  private async steer(): Promise<void> {
    const { store, sessions } = this;
    try {
      await sessions.commands.flush();
      await this.placement.place(sessions.starter, () => this.save());
    } catch (error) {
      const { id: account } = store.account();
      log({ event: "session.unplaced", account, error: describeError(error) });
    }
    this.armAlarm();
  }

  private async project(): Promise<void> {
    await this.deps.projection.write(this.store);
    this.armAlarm();
  }

  private armAlarm(): void {
    if (this.isRetired) return;
    const { store, sessions } = this;
    const now = Date.now();
    const { picks, holds } = leaseDecision(store, this.limits(), now);
    this.alarmClock.arm(
      {
        lease: store.leases.nextDeadline(),
        outbox: store.outbox.nextAt(),
        quota: earliestEnd(Object.values(holds), now),
        standing: earliestEnd([gatesNow(store, this.limits(), now).strangers], now),
        rest: picks.length > 0 ? this.rest.until(now) : null,
        placement: sessions.starter.needsHost() ? this.placement.nextTryAt(now) : null,
        start: sessions.starter.deadline(now),
        link: sessions.linkDeadline(),
        resume: sessions.resumeDeadline(),
        lock: lockEnd(store.account()),
        phone: nextPhoneWarning(store.account(), now),
        projection: store.isProjectionDue() ? this.deps.projection.nextTryAt(now) : null,
      },
      now,
    );
  }

  private clock(now: number) {
    const newLeaseId = (): Id<"lease"> =>
      newId("lease", now, crypto.getRandomValues(new Uint8Array(16)));
    return { now, random: Math.random, newLeaseId };
  }
}
