import type { Id } from "@roost/contract/ids";
import type { Allowance, Grant } from "../accounts/limits/allowance.ts";
import { describeError, log } from "../log.ts";
import { AllowanceBook, type Entitlement } from "./allowance-book.ts";

export type AllowanceDeps = {
  sql: () => SqlStorage;
  accounts: () => Id<"account">[];
  /** Has the account give back what it does not use; null when it cannot be asked. */
  recall: (account: Id<"account">, recall: Omit<Grant, "granted">) => Promise<Allowance | null>;
  now: () => number;
};

/** What the tenant has used of its plan. */
export type PlanStanding = { limit: number; used: number; endsAt: number };

/**
 * Deals out the tenant's messages of the month. Accounts hold some ahead of need; when nothing is left
 * here, what others hold and do not use is asked back.
 */
export class Allowances {
  private readonly deps: AllowanceDeps;
  private opened: AllowanceBook | null = null;

  constructor(deps: AllowanceDeps) {
    this.deps = deps;
  }

  /** A new plan: every account gives back what it has, and learns the limit. */
  async set(entitlement: Entitlement): Promise<boolean> {
    this.book().setEntitlement(entitlement);
    return this.tellAll();
  }

  /** Tells the limit to all who do not know it; false when some could not be reached. */
  async tellAll(): Promise<boolean> {
    const untold = this.book().untold(this.deps.accounts());
    const told = await Promise.all(untold.map((account) => this.tell(account)));
    return told.every((isTold) => isTold);
  }

  async tell(account: Id<"account">): Promise<boolean> {
    if (this.book().untold([account]).length === 0) return true;
    const isDone = await this.recall(account);
    if (isDone) this.book().told(account, this.deps.now());
    return isDone;
  }

  /** So many more for this account, as far as there are any. */
  async take(account: Id<"account">, known: Allowance | null, want: number): Promise<Grant> {
    const { now } = this.deps;
    const first = this.book().grant(account, known, want, now());
    const isEnough = first.limit === null || first.granted > (known?.granted ?? 0);
    if (isEnough || want === 0) return first;
    const holders = this.book().holders(account, now());
    if (holders.length === 0) return first;
    await Promise.all(holders.map((holder) => this.recall(holder)));
    return this.book().grant(account, known, want, now());
  }

  /** What is used of the month's messages; null when there is no limit. */
  standing(account: Id<"account">, known: Allowance | null): PlanStanding | null {
    const now = this.deps.now();
    const { limit, endsAt } = this.book().entitlement(now);
    if (limit === null) return null;
    if (known !== null) this.book().noteUsed(account, known, now);
    return { limit, used: this.book().used(now), endsAt };
  }

  /** It was deleted; `last` is what it had then. */
  forget(account: Id<"account">, last: Allowance | null): void {
    this.book().forget(account, last, this.deps.now());
  }

  private async recall(account: Id<"account">): Promise<boolean> {
    const now = this.deps.now();
    try {
      const answer = await this.deps.recall(account, this.book().recallOf(account, now));
      if (answer !== null) this.book().recalled(account, answer, now);
      return true;
    } catch (error) {
      log({ event: "allowance.untold", account, error: describeError(error) });
      return false;
    }
  }

  private book(): AllowanceBook {
    this.opened ??= new AllowanceBook(this.deps.sql());
    return this.opened;
  }
}
