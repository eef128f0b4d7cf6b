/**
 * An account's part of the tenant's messages of this month: some are granted ahead of need, so that
 * accepting one asks nobody. `limit` null: the plan has no limit.
 */
export type Allowance = {
  limit: number | null;
  /** The month, by when it ends. */
  endsAt: number;
  /** Grows when the tenant takes back what is not used; an answer from before is not believed. */
  version: number;
  granted: number;
  used: number;
  /** What was accepted before is not of this month. */
  since: number;
};

/** What the tenant's object says of one account. */
export type Grant = Pick<Allowance, "limit" | "endsAt" | "version" | "granted">;

/** How much an account asks for at once, at most; the rest stays for the others. */
const MAX_CHUNK = 500;
const CHUNKS_PER_MONTH = 50;

/** How many more messages the account may take without asking. Unknown is unlimited: nobody has set a limit. */
export function leftOf(allowance: Allowance | null, now: number): number {
  if (allowance === null || allowance.limit === null) return Infinity;
  return now < allowance.endsAt ? Math.max(0, allowance.granted - allowance.used) : 0;
}

/** How much is asked for at a time. */
export function chunkOf({ limit }: Allowance): number {
  return limit === null ? 0 : Math.min(MAX_CHUNK, Math.max(1, Math.ceil(limit / CHUNKS_PER_MONTH)));
}

/** Whether it is time to ask for more, before it is needed. */
export function isLow(allowance: Allowance | null, now: number): boolean {
  if (allowance === null || allowance.limit === null) return false;
  return leftOf(allowance, now) <= chunkOf(allowance) / 2;
}

/** The allowance after an answer of the tenant's object; the same when the answer is an old one. */
export function afterGrant(before: Allowance | null, grant: Grant, now: number): Allowance {
  const isOtherMonth = before === null || grant.endsAt > before.endsAt;
  if (isOtherMonth) return { ...grant, used: 0, since: now };
  if (grant.endsAt < before.endsAt || grant.version < before.version) return before;
  const granted =
    grant.version > before.version ? grant.granted : Math.max(grant.granted, before.granted);
  return { ...before, limit: grant.limit, version: grant.version, granted };
}

/** Gives back what is not used: it is the tenant's again. */
export function afterRecall(
  before: Allowance | null,
  recall: Omit<Grant, "granted">,
  now: number,
): Allowance {
  if (before === null || before.endsAt !== recall.endsAt) {
    return { ...recall, granted: 0, used: 0, since: now };
  }
  const version = Math.max(recall.version, before.version);
  return { ...before, limit: recall.limit, version, granted: before.used };
}
