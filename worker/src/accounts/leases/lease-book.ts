import type { PlannedMessage, StoredLease } from "../stored.ts";

/** No answer for so long after it was due: the lease is offered again. */
const OUTCOME_WITHIN_MS = 20_000;
/** A lease that nobody fetched was lost on the way. */
const TAKEN_WITHIN_MS = 20_000;

type OpenLease = StoredLease & {
  offeredAt: number;
  isTaken: boolean;
  /** Some host may have been given it, in this offer or in one before. */
  wasTaken: boolean;
  mayBeOut: boolean;
  /** The host was asked to give it back, and has until then. */
  quietUntil: number;
  /** It was not offered because the queue is held. */
  isHeldBack: boolean;
  open: Set<number>;
};

/** The leases with a message that has no outcome yet. In memory; rebuilt from the tick log. */
export class LeaseBook {
  private readonly leases = new Map<StoredLease["id"], OpenLease>();
  private readonly leaseOf = new Map<number, StoredLease["id"]>();

  open(lease: StoredLease): void {
    const open = new Set(lease.messages.map(({ n }) => n));
    this.leases.set(lease.id, {
      ...lease,
      offeredAt: lease.cutAt,
      isTaken: false,
      wasTaken: false,
      mayBeOut: false,
      quietUntil: 0,
      isHeldBack: false,
      open,
    });
    for (const n of open) this.leaseOf.set(n, lease.id);
  }

  /** The messages of the lease that still wait for an outcome; null when there are none. */
  find(id: StoredLease["id"]): StoredLease | null {
    const lease = this.leases.get(id);
    if (lease === undefined) return null;
    const { epoch, host, cutAt, open } = lease;
    const messages = lease.messages.filter(({ n }) => open.has(n));
    return { id, epoch, host, cutAt, messages };
  }

  /** Whether the message is in a lease, so that a host may have it. */
  has(n: number): boolean {
    return this.leaseOf.has(n);
  }

  /** Whether the message lies in a lease that no host can have had. */
  isUntaken(n: number): boolean {
    const id = this.leaseOf.get(n);
    const lease = id === undefined ? undefined : this.leases.get(id);
    return lease !== undefined && !lease.wasTaken;
  }

  /** A lease is fetched once per offer: a repeated queue message finds nothing to do. */
  take(id: StoredLease["id"]): StoredLease | null {
    const lease = this.leases.get(id);
    if (lease === undefined || lease.isTaken) return null;
    lease.isTaken = true;
    lease.wasTaken = true;
    return this.find(id);
  }

  /** It did not reach the host: whoever comes next may take it. */
  putBack(id: StoredLease["id"]): void {
    const lease = this.leases.get(id);
    if (lease !== undefined) lease.isTaken = false;
  }

  /** After a restart nobody knows who has it: it may be fetched, and the host gets its time. */
  forgetWhoHasThem(): void {
    for (const lease of this.leases.values()) {
      lease.mayBeOut = true;
      lease.wasTaken = true;
    }
  }

  offer(id: StoredLease["id"], messages: PlannedMessage[], now: number): void {
    const lease = this.leases.get(id);
    if (lease === undefined) return;
    lease.messages = messages;
    this.offerSame(id, now);
  }

  /** The same attempt once more, for a host that has it or missed it. */
  offerSame(id: StoredLease["id"], now: number): void {
    const lease = this.leases.get(id);
    if (lease === undefined) return;
    lease.offeredAt = now;
    lease.isTaken = false;
    lease.mayBeOut = false;
    lease.quietUntil = 0;
    lease.isHeldBack = false;
  }

  /** All were asked back from their host, instead of being offered again. */
  askedBack(now: number): void {
    for (const lease of this.leases.values()) {
      lease.quietUntil = now + OUTCOME_WITHIN_MS;
      lease.isHeldBack = true;
    }
  }

  /** It may not be fetched now. */
  holdBack(id: StoredLease["id"]): void {
    const lease = this.leases.get(id);
    if (lease !== undefined) lease.isHeldBack = true;
  }

  /** What would have been offered, had the queue not been held. */
  heldBack(): StoredLease[] {
    const held = [...this.leases.values()].filter((lease) => lease.isHeldBack);
    return held.flatMap(({ id }) => this.find(id) ?? []);
  }

  settle(n: number): void {
    const id = this.leaseOf.get(n);
    if (id === undefined) return;
    this.leaseOf.delete(n);
    const lease = this.leases.get(id);
    lease?.open.delete(n);
    if (lease?.open.size === 0) this.leases.delete(id);
  }

  /** Gives the lease up. Answers the messages whose fate it leaves open. */
  close(id: StoredLease["id"]): number[] {
    const lease = this.leases.get(id);
    if (lease === undefined) return [];
    this.leases.delete(id);
    for (const n of lease.open) this.leaseOf.delete(n);
    return [...lease.open];
  }

  /** Open leases, with what is still open in them. */
  all(): StoredLease[] {
    return [...this.leases.keys()].flatMap((id) => this.find(id) ?? []);
  }

  /** Leases that were lost on the way or whose host owes an answer. */
  overdue(now: number): StoredLease["id"][] {
    return [...this.leases.values()].filter((l) => deadline(l) <= now).map(({ id }) => id);
  }

  nextDeadline(): number | null {
    let next: number | null = null;
    for (const lease of this.leases.values()) {
      const at = deadline(lease);
      if (next === null || at < next) next = at;
    }
    return next;
  }

  /** When the last of these messages that has no outcome is through. */
  plannedUntil(isMeant: (n: number) => boolean = () => true): number {
    let until = 0;
    for (const { messages, open } of this.leases.values()) {
      for (const { n, notBefore, typingMs } of messages) {
        if (!open.has(n) || notBefore + typingMs <= until || !isMeant(n)) continue;
        until = notBefore + typingMs;
      }
    }
    return until;
  }
}

function deadline(lease: OpenLease): number {
  if (!lease.isTaken && !lease.mayBeOut) {
    return Math.max(lease.quietUntil, lease.offeredAt + TAKEN_WITHIN_MS);
  }
  let giveUpAt = 0;
  for (const { n, giveUpAt: at } of lease.messages)
    if (lease.open.has(n)) giveUpAt = Math.max(giveUpAt, at);
  return Math.max(lease.quietUntil, giveUpAt + OUTCOME_WITHIN_MS);
}
