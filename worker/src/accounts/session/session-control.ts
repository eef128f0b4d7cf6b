import type { EventType } from "@roost/contract/events";
import type { EdgeFrame, LinkReport, Report, SessionReport } from "@roost/contract/host";
import { type Id, ownerOf } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import type { Avoid } from "../../fleet/fleet-object.ts";
import { describeError, log } from "../../log.ts";
import type { AccountStore } from "../account-store.ts";
import { isOfWhatsApp } from "../reports/apply-reports.ts";
import { afterLinkReport, endLink, isLinkOver, LINK_WITHIN_MS } from "./link-state.ts";
import { unendedAfterLeaving } from "./own-rival.ts";
import { accountData, linkData } from "../present.ts";
import { afterSessionReport, isGivenBack, isOnline } from "./session-state.ts";
import { followTimeLock } from "../standing/time-lock.ts";
import { settleMessage } from "../outbox/settle-message.ts";
import type { StoredAccount, StoredLink, UnendedSession } from "../stored.ts";
import { firstStage } from "../limits/warm-up.ts";

/** The name under which the host keeps the credentials' root. */
const CREDS = "creds";
/** A host says at once that it connects. One that says nothing may not have heard of the session. */
const START_AGAIN_MS = 5_000;
const MAX_REPEATS = 3;
/** So many hosts that cannot be reached are tried in one go. */
const HOSTS_TO_TRY = 3;

/** What a session needs of the fleet; failures are answers, as everything is tried again. */
export type Fleet = {
  /** A host with room, or null; then the fleet calls when there is one. */
  place: (account: Id<"account">, avoid: Avoid | null) => Promise<string | null>;
  /** False when the host is not connected. */
  command: (host: string, frame: EdgeFrame) => Promise<boolean>;
};

/**
 * The account's session: who holds it, what it is doing, and how it comes back. It is the lock of the
 * design: every start raises the epoch, and nothing with an older one is believed.
 */
export class SessionControl {
  private readonly store: AccountStore;
  private readonly fleet: Fleet;
  private startAgainAt: number | null = null;
  private repeats = 0;
  /** The host that has just given the session back. */
  private avoid: Avoid | null = null;
  /** Commands to send once the tick is durable. */
  private outgoing: { host: string; frame: EdgeFrame }[] = [];
  /** For whichever host has room: a session only to log the phone out. */
  private farewell: EdgeFrame[] = [];

  constructor(store: AccountStore, fleet: Fleet) {
    this.store = store;
    this.fleet = fleet;
  }

  isCurrent(epoch: number): boolean {
    return this.store.account().session.epoch === epoch;
  }

  /** Whether a host is to be found for it. */
  needsHost(): boolean {
    const { session } = this.store.account();
    return session.isWanted && session.host === null;
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
    this.want({ state: "linking", reason: "starting", link: attempt });
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
      this.want({ link: again });
      this.emitLink(now);
      return;
    }
    this.want({});
  }

  /** Ends the session and throws the credentials away; `logout` also tells the phone. */
  unlink(mode: "close" | "logout", reason: ReasonCode, now: number): void {
    const { session } = this.store.account();
    const credentials = this.credentials();
    this.leave(mode, now);
    if (mode === "logout" && session.host === null && credentials !== null) {
      this.sayFarewell(credentials);
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
        this.giveBack(account.session.host, report.reason);
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

  /** Looks for a host and hands the session to it. Call when the tick is durable. */
  async place(
    save: () => void,
    avoid: Avoid | null = this.avoid,
    tries = HOSTS_TO_TRY,
  ): Promise<void> {
    if (!this.needsHost()) return;
    const { id, session } = this.store.account();
    this.avoid = null;
    const host = await this.fleet.place(id, avoid);
    // Meanwhile it may have been stopped, or started anew.
    if (!this.isCurrent(session.epoch) || !this.needsHost()) return;
    if (host === null) {
      this.store.setAccount({ reason: "no_host" });
      save();
      return;
    }
    this.store.setAccount({ session: { ...session, host }, reason: "starting" });
    this.startAgainAt = Date.now() + START_AGAIN_MS;
    this.repeats = 0;
    save();
    const isGone = await this.isStartLost(save);
    if (isGone && tries > 1) await this.place(save, { host, why: "unreachable" }, tries - 1);
  }

  /** When the start is sent once more, to a host that has not been heard of it; null for no need. */
  startDeadline(now: number): number | null {
    const { session } = this.store.account();
    if (session.host === null || session.isHeard) return null;
    return this.startAgainAt ?? now + START_AGAIN_MS;
  }

  /** Sends the start once more when it may have been lost. A host ignores what it runs already. */
  async startAgain(save: () => void): Promise<void> {
    const now = Date.now();
    if (this.startDeadline(now) === null || (this.startAgainAt ?? 0) > now) return;
    this.startAgainAt = now + START_AGAIN_MS;
    this.repeats += 1;
    if (this.repeats <= MAX_REPEATS) await this.isStartLost(save);
    else {
      // It is connected and says nothing: it may be draining, or be of no use.
      this.want({});
      save();
    }
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

  /** Sends the start. When it does not arrive, or nobody knows, the session is to start elsewhere. */
  private async isStartLost(save: () => void): Promise<boolean> {
    const { host, epoch } = this.store.account().session;
    const frame = host === null ? null : this.startFrame(host, epoch);
    if (host === null || frame === null || (await this.command(host, frame))) return false;
    const { session } = this.store.account();
    if (session.epoch !== epoch || session.isHeard) return false;
    // It may have arrived all the same: with a higher epoch the two cannot be taken for one.
    this.want({});
    save();
    return true;
  }

  private async command(host: string, frame: EdgeFrame): Promise<boolean> {
    try {
      return await this.fleet.command(host, frame);
    } catch (error) {
      const { id: account } = this.store.account();
      log({ event: "session.command_failed", account, host, error: describeError(error) });
      return false;
    }
  }

  /** What a host needs to run the session; null when it is not the host's. */
  startFrame(host: string, epoch: number): EdgeFrame | null {
    const { id: account, session, state, link } = this.store.account();
    if (session.epoch !== epoch || session.host !== host) return null;
    const missing = [...this.store.missing.all()];
    return {
      type: "start",
      account,
      epoch,
      link:
        state === "linking" && link !== null ? { method: link.method, phone: link.phone } : null,
      credentials: this.credentials(),
      ...(missing.length > 0 && state !== "linking" && { missing }),
    };
  }

  private credentials(): { data_key: string; creds: string } | null {
    const dataKey = this.store.credentials.wrappedDataKey();
    const [creds] = this.store.credentials.read([CREDS]);
    return dataKey === null || creds === null || creds === undefined
      ? null
      : { data_key: dataKey, creds };
  }

  /** Nobody holds the session, and WhatsApp would keep the device: some host logs it out. */
  private sayFarewell(credentials: { data_key: string; creds: string }): void {
    const { id: account, session } = this.store.account();
    const of = { account, epoch: session.epoch };
    this.farewell = [
      { type: "start", ...of, link: null, credentials },
      { type: "stop", ...of, mode: "logout" },
    ];
  }

  /** Asks the host for the messages it has not begun; all of the account's, or these. */
  revoke(messages: `msg_${string}`[] | null): void {
    const { id: account, session } = this.store.account();
    if (session.host === null) return;
    const { epoch, host } = session;
    this.outgoing.push({ host, frame: { type: "revoke", account, epoch, messages } });
  }

  /** Sends what the tick decided. Lost commands are derived again when the host says hello. */
  async flush(): Promise<void> {
    const commands = this.outgoing;
    this.outgoing = [];
    for (const { host, frame } of commands) await this.command(host, frame);
    const { farewell } = this;
    this.farewell = [];
    if (farewell.length === 0) return;
    const host = await this.fleet.place(this.store.account().id, null);
    if (host !== null) for (const frame of farewell) await this.command(host, frame);
  }

  hasCommands(): boolean {
    return this.outgoing.length + this.farewell.length > 0;
  }

  /** Offered to the host that gives it back it would only come back once more. */
  private giveBack(host: string | null, reason: ReasonCode | null): void {
    if (host === null || !isGivenBack(reason)) return;
    this.avoid = { host, why: reason === "host_moved" ? "moved" : "refused" };
  }

  private want(changes: Partial<StoredAccount>): void {
    const { session } = this.store.account();
    this.store.setAccount({
      ...changes,
      resumeAt: null,
      session: {
        epoch: session.epoch + 1,
        host: null,
        isWanted: true,
        isHeard: false,
        unended: session.unended ?? null,
      },
    });
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
    const { id: account, session } = this.store.account();
    for (const { id } of this.store.leases.all()) {
      this.store.change({ kind: "lease_closed", id, now });
    }
    if (session.host !== null) {
      const frame: EdgeFrame = { type: "stop", account, epoch: session.epoch, mode };
      this.outgoing.push({ host: session.host, frame });
    }
    this.store.setAccount({
      session: {
        epoch: session.epoch + 1,
        host: null,
        isWanted: false,
        isHeard: false,
        unended,
      },
    });
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
