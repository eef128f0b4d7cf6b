import type { EventType } from "@roost/contract/events";
import type { LinkReport, Report, SessionReport } from "@roost/contract/host";
import { ownerOf } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import type { AccountStore } from "../account-store.ts";
import { isOfWhatsApp } from "../reports/apply-reports.ts";
import { afterLinkReport, endLink, isLinkOver, LINK_WITHIN_MS } from "./link-state.ts";
import { unendedAfterLeaving } from "./own-rival.ts";
import { accountData, linkData } from "../present.ts";
import { type Fleet, SessionCommands } from "./session-commands.ts";
import { dropSession, isCurrentEpoch, wantSession } from "./session-epoch.ts";
import { SessionStarter } from "./session-starter.ts";
import { afterSessionReport, isOnline } from "./session-state.ts";
import { followTimeLock } from "../standing/time-lock.ts";
import { settleMessage } from "../outbox/settle-message.ts";
import type { StoredAccount, StoredLink, UnendedSession } from "../stored.ts";
import { firstStage } from "../limits/warm-up.ts";

/**
 * The account's session: who holds it, what it is doing, and how it comes back. It is the lock of the
 * design: every start raises the epoch, and nothing with an older one is believed.
 */
export class SessionControl {
  readonly commands: SessionCommands;
  readonly starter: SessionStarter;
  private readonly store: AccountStore;

  constructor(store: AccountStore, fleet: Fleet) {
    this.store = store;
    this.commands = new SessionCommands(store, fleet);
    this.starter = new SessionStarter(store, fleet, this.commands);
  }

  isCurrent(epoch: number): boolean {
    return isCurrentEpoch(this.store, epoch);
  }

  /** Links a phone with fresh credentials. What was there before is thrown away. */
  link(link: Pick<StoredLink, "method" | "phone">, now: number): void {
    this.leave("close", now);
    this.store.forgetCredentials(now);
    const attempt: StoredLink = {
      ...link,
      state: "starting",
      qr: null,
      code: null,
      expiresAt: null,
      error: null,
      startedAt: now,
    };
    wantSession(this.store, { state: "linking", reason: "starting", link: attempt });
    // It may be another phone, of which nothing is known.
    const standing = { timeLock: null, newChatCap: null };
    this.store.setAccount({ standing, phoneWarning: null, phoneSeenAt: now });
    this.forgetFacts();
    this.emitLink(now);
  }

  /** Connects with the stored credentials: a new session, whatever became of the one before. */
  restart(reason: ReasonCode, now: number, unended?: UnendedSession | null): void {
    const { state, link } = this.store.account();
    const isLinking = state === "linking" && link !== null;
    this.leave("close", now, unended);
    this.emitWhenLost(now, { state: isLinking ? state : "reconnecting", reason });
    if (isLinking) {
      const again: StoredLink = {
        ...link,
        state: "starting",
        qr: null,
        code: null,
        expiresAt: null,
      };
      // What was half made belongs to the attempt before.
      this.store.forgetCredentials(now);
      wantSession(this.store, { link: again });
      this.emitLink(now);
      return;
    }
    wantSession(this.store, {});
  }

  /** Ends the session and throws the credentials away; `logout` also tells the phone. */
  unlink(mode: "close" | "logout", reason: ReasonCode, now: number): void {
    const { session } = this.store.account();
    const credentials = this.commands.credentials();
    this.leave(mode, now);
    if (mode === "logout" && session.host === null && credentials !== null) {
      this.commands.sayFarewell(credentials);
    }
    this.forgetFacts();
    this.settleInHand(now);
    this.emitWhenLost(now, { state: "unlinked", reason });
    this.store.setAccount({ resumeAt: null });
    this.cancelLink("link_cancelled", now);
    this.store.forgetCredentials(now);
  }

  /** When a session that a ban for a time ended is to run again; null for never. */
  resumeDeadline(): number | null {
    return this.store.account().resumeAt ?? null;
  }

  /** The time of a ban is over. */
  resume(now: number): void {
    const at = this.resumeDeadline();
    if (at !== null && at <= now) this.restart("starting", now);
  }

  /** A host says that an earlier session of it is over: it cannot wake up and throw out the next. */
  confirmEnd(host: string, epoch: number): void {
    const { session } = this.store.account();
    const { unended } = session;
    if (!unended || unended.host !== host || unended.epoch > epoch) return;
    this.store.setAccount({ session: { ...session, unended: null } });
  }

  /** The host that held it is gone, or gave it back. */
  lost(host: string, epoch: number, reason: ReasonCode, now: number): void {
    const { session } = this.store.account();
    if (session.epoch !== epoch || session.host !== host) return;
    this.restart(reason, now);
  }

  applySession(report: SessionReport, now: number): void {
    const account = this.store.account();
    const { accepted, scheduled, leased } = this.store.outbox.counts();
    const hasBacklog = accepted + scheduled + leased > 0;
    const step = afterSessionReport({ ...account, hasBacklog }, report, now);
    const isNews = Object.keys(step.changes).length > 0;
    if (isNews) this.store.setAccount(step.changes);
    // Another number has yet to earn WhatsApp's trust.
    if (step.isOtherNumber) this.store.setAccount({ warmUp: firstStage(now) });
    if (step.event !== null) this.emitAccount(step.event, now);
    if (report.state === "connected") followTimeLock(this.store, now);
    switch (step.next) {
      case "keep":
        break;
      case "restart":
        this.starter.givenBack(account.session.host, report.reason);
        this.restart(step.changes.reason ?? report.reason ?? "host_lost", now, step.rival ?? null);
        break;
      case "stop":
        this.leave("close", now, null);
        this.settleInHand(now);
        break;
      case "forget":
        this.leave("close", now, null);
        this.settleInHand(now);
        this.cancelLink(step.changes.reason ?? "link_interrupted", now);
        this.store.forgetCredentials(now);
        break;
    }
  }

  applyLink(report: LinkReport, now: number): void {
    const { link: before } = this.store.account();
    if (before === null) return;
    const link = afterLinkReport(before, report);
    if (link === before) return;
    this.store.setAccount({ link });
    if (link.state === "linked") {
      // Until a number is known this is a new one, which has yet to earn WhatsApp's trust.
      if (this.store.account().phone === null) this.store.setAccount({ warmUp: firstStage(now) });
      this.store.setAccount({ state: "connecting", reason: "starting" });
      this.emitLink(now);
      this.emitAccount("account.linked", now);
      return;
    }
    if (isLinkOver(link)) {
      this.store.setAccount({ state: "unlinked", reason: link.error ?? "link_expired" });
      this.emitLink(now);
      this.leave("close", now);
      this.store.forgetCredentials(now);
      return;
    }
    this.emitLink(now);
  }

  /** When an attempt to link is given up; null while there is none. */
  linkDeadline(): number | null {
    const { link } = this.store.account();
    return link === null || isLinkOver(link) ? null : link.startedAt + LINK_WITHIN_MS;
  }

  expireLink(now: number): void {
    const deadline = this.linkDeadline();
    if (deadline === null || deadline > now) return;
    // A phone that has accepted the device would show it for ever.
    const isAccepted = this.store.account().link?.state === "linking";
    const reason = isAccepted ? "link_not_confirmed" : "link_expired";
    this.leave(isAccepted ? "logout" : "close", now);
    this.cancelLink(reason, now);
    this.store.setAccount({ state: "unlinked", reason });
    this.store.forgetCredentials(now);
  }

  /** The host that holds the session has reported of it. */
  heard(): void {
    const { session } = this.store.account();
    if (!session.isHeard) this.store.setAccount({ session: { ...session, isHeard: true } });
  }

  /**
   * Whether an earlier session tells what happened at WhatsApp. That stays true, and only that session
   * can tell it; what it did not do is the business of the session that has the message now.
   */
  isLateFact(report: Report): boolean {
    const { session, factsFrom } = this.store.account();
    if (report.epoch >= session.epoch || report.epoch < factsFrom) return false;
    if (report.kind === "outcome") {
      const isInHand = this.store.leases.has(ownerOf(report.message).number);
      return report.result === "sent" || (report.result === "failed" && !isInHand);
    }
    return isOfWhatsApp(report);
  }

  /**
   * Takes the session from its host: from here on nothing that it says is believed. `unended`: which
   * session may still run somewhere; without it the present one, as nobody has seen it end.
   */
  private leave(
    mode: "close" | "logout",
    now: number,
    unended: UnendedSession | null = unendedAfterLeaving(this.store.account().session, now),
  ): void {
    for (const { id } of this.store.leases.all()) {
      this.store.change({ kind: "lease_closed", id, now });
    }
    this.commands.stop(mode);
    dropSession(this.store, unended);
  }

  /** From here on earlier sessions are another phone's: nothing they still tell is about this one. */
  private forgetFacts(): void {
    this.store.setAccount({ factsFrom: this.store.account().session.epoch });
  }

  /** No session will tell what became of these; only a later receipt can. */
  private settleInHand(now: number): void {
    for (const n of this.store.outbox.numbers()) {
      const message = this.store.messages.find(n);
      if (message === null || message.states.at(-1)?.[0] !== "leased") continue;
      settleMessage(this.store, message, "unconfirmed", { at: now, now });
    }
  }

  private cancelLink(error: ReasonCode, now: number): void {
    const { link } = this.store.account();
    if (link === null || isLinkOver(link)) return;
    const state = error === "link_expired" ? "expired" : "failed";
    this.store.setAccount({ link: endLink(link, state, error) });
    this.emitLink(now);
  }

  private emitWhenLost(now: number, changes: Pick<StoredAccount, "state" | "reason">): void {
    const wasOnline = isOnline(this.store.account().state);
    this.store.setAccount(changes);
    if (wasOnline) this.emitAccount("account.disconnected", now);
  }

  private emitAccount(type: EventType, now: number): void {
    this.store.emit({ type, at: now, content: accountData(this.store) });
  }

  private emitLink(now: number): void {
    const { link } = this.store.account();
    if (link === null) return;
    this.store.emit({ type: "link.updated", at: now, content: linkData(link) });
  }
}
