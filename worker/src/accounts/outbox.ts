import type { Lane } from "@roost/contract/messages";
import { laneOf, LANES, RANKS, rankOf } from "./lanes.ts";
import { ReadyRank } from "./ready-rank.ts";
import type { StoredMessage } from "./stored.ts";

/** What waits or is in hand in one lane. */
export type LaneCounts = { accepted: number; scheduled: number; leased: number };

/**
 * The messages that were accepted and are not finished, in the order in which they go out. It lives
 * in memory and is rebuilt from the message log, so nothing here is a fact of its own.
 */
export class Outbox {
  /** Due and in nobody's hands, by rank; within a rank in the order of acceptance. */
  private readonly ready = Array.from({ length: RANKS }, () => new ReadyRank());
  private readonly scheduled = new Map<number, number>();
  private readonly expiries = new Map<number, number>();
  private readonly inFlight = new Set<number>();
  private readonly unconfirmed = new Set<number>();
  private readonly perLane = noCounts();
  /** No message needs a look before this; it may be too early, never too late. */
  private lookAt: number | null = null;

  /** Puts the message where its state belongs; called after every change of it. */
  place(message: StoredMessage): void {
    const { n, out } = message;
    if (out === null) return;
    const rank = rankOf(out.lane, out.priority);
    this.remove(n, rank);
    const state = message.states.at(-1)?.[0];
    if (state === "accepted") this.addReady(n, rank);
    else if (state === "scheduled") this.addScheduled(n, rank, out.sendAt ?? 0);
    else if (state === "leased") this.addLeased(n, rank);
    else if (state === "unconfirmed") this.unconfirmed.add(n);
    const isWaiting = state === "accepted" || state === "scheduled";
    if (isWaiting && out.expiresAt !== null) this.note(this.expiries, n, out.expiresAt);
  }

  /** The message is in no lease any more, though its fate is open: it is due again. */
  makeReady(message: StoredMessage): void {
    const { n, out } = message;
    if (out === null || !this.inFlight.has(n)) return;
    const rank = rankOf(out.lane, out.priority);
    this.remove(n, rank);
    this.addReady(n, rank);
    if (out.expiresAt !== null) this.note(this.expiries, n, out.expiresAt);
  }

  /** The first due messages; at most `limit`. */
  first(limit: number): number[] {
    const found: number[] = [];
    for (const rank of this.ready) {
      for (const n of rank.inTurn()) {
        if (found.length === limit) return found;
        found.push(n);
      }
    }
    return found;
  }

  /** Scheduled messages whose time has come, and waiting ones whose time is over. */
  ripe(now: number): { due: number[]; expired: number[] } {
    if (this.lookAt === null || this.lookAt > now) return { due: [], expired: [] };
    const ripe = { due: until(this.scheduled, now), expired: until(this.expiries, now) };
    this.lookAt = null;
    for (const times of [this.scheduled, this.expiries]) {
      for (const at of times.values()) this.lookNoLaterThan(at > now ? at : now);
    }
    return ripe;
  }

  /** When a message is to be looked at again, or a little earlier; null when none is. */
  nextAt(): number | null {
    return this.lookAt;
  }

  counts(): { accepted: number; scheduled: number; leased: number; unconfirmed: number } {
    return {
      accepted: LANES.reduce((sum, lane) => sum + this.perLane[lane].accepted, 0),
      scheduled: this.scheduled.size,
      leased: this.inFlight.size,
      unconfirmed: this.unconfirmed.size,
    };
  }

  laneCounts(): Record<Lane, LaneCounts> {
    const { reply, direct, campaign } = this.perLane;
    return { reply: { ...reply }, direct: { ...direct }, campaign: { ...campaign } };
  }

  /** Everything that must be found again after a restart. */
  numbers(): number[] {
    const ready = this.ready.flatMap((rank) => [...rank.inTurn()]);
    return [...ready, ...this.scheduled.keys(), ...this.inFlight, ...this.unconfirmed];
  }

  inHand(): number[] {
    return [...this.inFlight];
  }

  private remove(n: number, rank: number): void {
    const counts = this.perLane[laneOf(rank)];
    if (this.ready[rank]?.delete(n) === true) counts.accepted -= 1;
    if (this.scheduled.delete(n)) counts.scheduled -= 1;
    if (this.inFlight.delete(n)) counts.leased -= 1;
    this.expiries.delete(n);
    this.unconfirmed.delete(n);
  }

  private addReady(n: number, rank: number): void {
    this.ready[rank]?.add(n);
    this.perLane[laneOf(rank)].accepted += 1;
  }

  private addScheduled(n: number, rank: number, at: number): void {
    this.note(this.scheduled, n, at);
    this.perLane[laneOf(rank)].scheduled += 1;
  }

  private addLeased(n: number, rank: number): void {
    this.inFlight.add(n);
    this.perLane[laneOf(rank)].leased += 1;
  }

  private note(times: Map<number, number>, n: number, at: number): void {
    times.set(n, at);
    this.lookNoLaterThan(at);
  }

  private lookNoLaterThan(at: number): void {
    this.lookAt = this.lookAt === null ? at : Math.min(this.lookAt, at);
  }
}

function noCounts(): Record<Lane, LaneCounts> {
  const none = (): LaneCounts => ({ accepted: 0, scheduled: 0, leased: 0 });
  return { reply: none(), direct: none(), campaign: none() };
}

function until(times: ReadonlyMap<number, number>, now: number): number[] {
  const found: number[] = [];
  for (const [n, at] of times) if (at <= now) found.push(n);
  return found;
}
