import { describeError, log } from "../../log.ts";
import type { AccountStore } from "../account-store.ts";
import {
  afterGrant,
  afterRecall,
  type Allowance,
  chunkOf,
  type Grant,
  isLow,
  leftOf,
} from "./allowance.ts";

/** The tenant's object, as far as an account asks it for messages. */
export type AllowanceSource = (known: Allowance | null, want: number) => Promise<Grant>;

/** For so long after there was nothing left nobody asks again. */
const NOTHING_LEFT_MS = 3_000;
/** An answer may have crossed a recall, and then the next one tells; not without end. */
const MAX_ASKS = 3;

/** Sees that the account has messages of the plan before they are needed. */
export class AllowanceKeeper {
  private readonly store: AccountStore;
  private readonly ask: AllowanceSource;
  private readonly save: () => void;
  private asking: Promise<void> | null = null;
  /** How many messages wait for the answer. */
  private needed = 0;
  private nothingLeftUntil = 0;

  constructor(store: AccountStore, ask: AllowanceSource, save: () => void) {
    this.store = store;
    this.ask = ask;
    this.save = save;
  }

  /** Whether it is time to ask, though nobody waits. */
  isRefillDue(now: number): boolean {
    return (
      isLow(this.store.allowance(), now) && now >= this.nothingLeftUntil && this.asking === null
    );
  }

  async refill(): Promise<void> {
    await this.more();
  }

  /**
   * Sees that at least one more can be taken, and asks for as many as are wanted. False when there are
   * none left: then whoever waits is refused. What is left of the plan may be fewer than are wanted, and
   * those few are taken all the same.
   */
  async ensure(count: number): Promise<boolean> {
    this.needed += count;
    try {
      for (let asked = 0; asked <= MAX_ASKS; asked++) {
        if (leftOf(this.store.allowance(), Date.now()) > 0) return true;
        if (Date.now() < this.nothingLeftUntil) return false;
        await this.more();
      }
      return false;
    } finally {
      this.needed -= count;
    }
  }

  /** The tenant's object wants back what is not used; durable when it is answered. */
  giveBack(recall: Omit<Grant, "granted">): Allowance {
    const allowance = afterRecall(this.store.allowance(), recall, Date.now());
    this.store.change({ kind: "allowance", allowance });
    this.nothingLeftUntil = 0;
    this.save();
    return allowance;
  }

  private more(): Promise<void> {
    this.asking ??= this.askOnce().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async askOnce(): Promise<void> {
    const before = this.store.allowance();
    try {
      const want = Math.max(this.needed, before === null ? 0 : chunkOf(before));
      const grant = await this.ask(before, want);
      const now = Date.now();
      const allowance = afterGrant(this.store.allowance(), grant, now);
      this.store.change({ kind: "allowance", allowance });
      // The answer may have crossed a recall: then the next one tells.
      const isStale = allowance.version !== grant.version || allowance.endsAt !== grant.endsAt;
      if (!isStale && leftOf(allowance, now) === 0) {
        this.nothingLeftUntil = now + NOTHING_LEFT_MS;
      }
      this.save();
    } catch (error) {
      const { id: account } = this.store.account();
      log({ event: "allowance.unasked", account, error: describeError(error) });
      this.nothingLeftUntil = Date.now() + NOTHING_LEFT_MS;
    }
  }
}
