import { RANKS, rankOf } from "./lanes.ts";
import type { StoredMessage } from "./stored.ts";

/**
 * The messages that were accepted and are not finished, in the order in which they go out. It lives
 * in memory and is rebuilt from the message log, so nothing here is a fact of its own.
 */
export class Outbox {
  /** Due and in nobody's hands, by rank; within a rank in the order of acceptance. */
  private readonly ready: Set<number>[] = Array.from({ length: RANKS }, () => new Set());
  private readonly newest: number[] = Array.from({ length: RANKS }, () => 0);
  private readonly scheduled = new Map<number, number>();
  private readonly expiries = new Map<number, number>();
  private readonly inFlight = new Set<number>();
  private readonly unconfirmed = new Set<number>();
  private readyCount = 0;
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
    else if (state === "scheduled") this.note(this.scheduled, n, out.sendAt ?? 0);
    else if (state === "leased") this.inFlight.add(n);
    else if (state === "unconfirmed") this.unconfirmed.add(n);
    const isWaiting = state === "accepted" || state === "scheduled";
    if (isWaiting && out.expiresAt !== null) this.note(this.expiries, n, out.expiresAt);
  }

  /** The message is in no lease any more, though its fate is open: it is due again. */
  makeReady(message: StoredMessage): void {
    const { n, out } = message;
    if (out === null || !this.inFlight.delete(n)) return;
    this.addReady(n, rankOf(out.lane, out.priority));
    if (out.expiresAt !== null) this.note(this.expiries, n, out.expiresAt);
  }

  /** The first due messages; at most `limit`. */
  first(limit: number): number[] {
    const found: number[] = [];
    for (const rank of this.ready) {
      for (const n of rank) {
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
      accepted: this.readyCount,
      scheduled: this.scheduled.size,
      leased: this.inFlight.size,
      unconfirmed: this.unconfirmed.size,
    };
  }

  /** Everything that must be found again after a restart. */
  numbers(): number[] {
    const ready = this.ready.flatMap((rank) => [...rank]);
    return [...ready, ...this.scheduled.keys(), ...this.inFlight, ...this.unconfirmed];
  }

  inHand(): number[] {
    return [...this.inFlight];
  }

  private remove(n: number, rank: number): void {
    if (this.ready[rank]?.delete(n) === true) this.readyCount -= 1;
    this.scheduled.delete(n);
    this.expiries.delete(n);
    this.inFlight.delete(n);
    this.unconfirmed.delete(n);
  }

  private addReady(n: number, rank: number): void {
    const waiting = this.ready[rank];
    if (waiting === undefined) return;
    waiting.add(n);
    this.readyCount += 1;
    if (n > (this.newest[rank] ?? 0)) this.newest[rank] = n;
    // A message that comes back goes before those accepted after it.
    else this.ready[rank] = new Set([...waiting].sort((a, b) => a - b));
  }

  private note(times: Map<number, number>, n: number, at: number): void {
    times.set(n, at);
    this.lookNoLaterThan(at);
  }

  private lookNoLaterThan(at: number): void {
    this.lookAt = this.lookAt === null ? at : Math.min(this.lookAt, at);
  }
}

function until(times: ReadonlyMap<number, number>, now: number): number[] {
  const found: number[] = [];
  for (const [n, at] of times) if (at <= now) found.push(n);
  return found;
}
