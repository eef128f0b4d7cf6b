import type { Limits } from "@roost/contract/accounts";
import type { Lease } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { describeError, log } from "../../log.ts";
import type { AccountStore } from "../account-store.ts";
import type { StoredLease } from "../stored.ts";
import { leaseFrame } from "./cut-leases.ts";
import { gatesNow } from "./lease-facts.ts";
import { isHeld } from "./next-lease.ts";

/** How leases leave the object: straight to their host, or as names in the queue. */
export type Carrier = {
  handOver: (host: string, leases: Lease[]) => Promise<boolean>;
  nudge: (jobs: { account: Id<"account">; lease: Id<"lease">; host: string }[]) => Promise<void>;
};

/** Brings leases to their host. What is lost on the way is offered again by the alarm. */
export class LeaseDelivery {
  private readonly store: AccountStore;
  private readonly carrier: Carrier;
  private readonly limits: () => Limits;

  constructor(store: AccountStore, carrier: Carrier, limits: () => Limits) {
    this.store = store;
    this.carrier = carrier;
    this.limits = limits;
  }

  /**
   * Straight to the host, for a message that somebody has just sent: a few milliseconds faster than
   * the queue, and cheaper for a lease of one.
   */
  async handOver(leases: StoredLease[]): Promise<void> {
    const taken = leases.flatMap(({ id }) => this.take(id) ?? []);
    const [first] = taken;
    if (first === undefined) return;
    try {
      // All are for the session that the account has now.
      const frames = taken.map(({ lease }) => lease);
      if (await this.carrier.handOver(first.host, frames)) return;
    } catch (error) {
      const { account, id: lease } = first.lease;
      log({ event: "lease.nudge_failed", account, lease, error: describeError(error) });
    }
    // It may be there again in a moment: the queue tries it once more.
    for (const { lease } of taken) this.putBack(lease.id);
    const ids = new Set(taken.map(({ lease }) => lease.id));
    await this.nudge(leases.filter(({ id }) => ids.has(id)));
  }

  /** The queue is only a wake-up: when it fails, the alarm offers the lease again. */
  async nudge(leases: StoredLease[]): Promise<void> {
    const { id: account } = this.store.account();
    try {
      await this.carrier.nudge(leases.map(({ id: lease, host }) => ({ account, lease, host })));
    } catch (error) {
      const lease = leases[0]?.id ?? "";
      log({ event: "lease.nudge_failed", account, lease, error: describeError(error) });
    }
  }

  /** The lease, if it is still to be delivered. Null for one that was taken, settled or given up. */
  take(id: Id<"lease">): { host: string; lease: Lease } | null {
    const { store } = this;
    const { queue, session } = store.account();
    if (isHeld(queue.state)) {
      store.leases.holdBack(id);
      return null;
    }
    const lease = store.leases.take(id);
    if (lease === null || lease.epoch !== session.epoch) return null;
    const frame = leaseFrame(store, lease, gatesNow(store, this.limits(), Date.now()));
    return frame === null ? null : { host: lease.host, lease: frame };
  }

  /** A lease that was taken did not reach its host: whoever comes next may take it. */
  putBack(id: Id<"lease">): void {
    this.store.leases.putBack(id);
  }
}
