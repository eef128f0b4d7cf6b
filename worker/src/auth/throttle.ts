import { inArray, sql } from "drizzle-orm";
import type { System } from "../context.ts";
import { throttles } from "../db/throttles.ts";
import { AppError } from "../errors.ts";
import { keyedHash } from "../lib/crypto.ts";

/** One thing that is counted. After `free` tries each further one doubles the wait, from `stepMs`. */
export type Bucket = { key: string; free: number; stepMs: number };
export type Tries = { key: string; isHeld: boolean; retryAt: number };

export const MAX_WAIT_MS = 15 * 60 * 1000;
/** After this long without a try that counted, all is forgotten. */
export const FORGET_MS = 60 * 60 * 1000;

/** No address lies in the table in clear, and without the secret none can be tried out. */
export function bucket(
  { config }: Pick<System, "config">,
  name: string,
  limits: Omit<Bucket, "key">,
): Bucket {
  return { key: keyedHash(config.hostSecret, `throttle ${name}`), ...limits };
}

/**
 * Counts one try in every bucket, in one statement, so that tries at the same moment are all counted
 * before any is judged. A try that comes too early is held and does not lengthen the wait.
 */
export function countTry({ db, now }: Pick<System, "db" | "now">, buckets: readonly Bucket[]) {
  const at = now();
  const isForgotten = sql`${throttles.forgetAt} <= ${at}`;
  const isEarly = sql`${throttles.retryAt} > ${at}`;
  return db
    .insert(throttles)
    .values(
      buckets.map(({ key, free, stepMs }) => ({
        key,
        strikes: 2 - free,
        stepMs,
        retryAt: free > 1 ? at : at + stepMs,
        isHeld: false,
        forgetAt: at + FORGET_MS,
      })),
    )
    .onConflictDoUpdate({
      target: throttles.key,
      set: {
        isHeld: sql`CASE WHEN ${isForgotten} THEN 0 ELSE ${isEarly} END`,
        strikes: sql`CASE WHEN ${isForgotten} THEN excluded.strikes WHEN ${isEarly}
          THEN ${throttles.strikes} ELSE ${throttles.strikes} + 1 END`,
        retryAt: sql`CASE WHEN ${isForgotten} THEN excluded.retry_at WHEN ${isEarly}
          THEN ${throttles.retryAt} WHEN ${throttles.strikes} < 0 THEN ${at}
          ELSE ${at} + min(${MAX_WAIT_MS}, excluded.step_ms << min(${throttles.strikes}, 20)) END`,
        forgetAt: sql`CASE WHEN ${isEarly} AND NOT ${isForgotten} THEN ${throttles.forgetAt}
          ELSE excluded.forget_at END`,
        stepMs: sql`excluded.step_ms`,
      },
    })
    .returning({
      key: throttles.key,
      isHeld: throttles.isHeld,
      retryAt: throttles.retryAt,
    });
}

/** Takes a try back that turned out to be rightful. */
export function takeBack({ db }: Pick<System, "db">, buckets: readonly Bucket[]) {
  return db
    .update(throttles)
    .set({ strikes: sql`${throttles.strikes} - 1` })
    .where(
      inArray(
        throttles.key,
        buckets.map(({ key }) => key),
      ),
    );
}

/** Refuses when one of the tries came too early, and says how long to wait. */
export function refuseHeld(tries: readonly Tries[], now: number): void {
  const waits = tries.filter(({ isHeld }) => isHeld).map(({ retryAt }) => retryAt - now);
  if (waits.length === 0) return;
  const retryAfterSeconds = Math.max(1, Math.ceil(Math.max(...waits) / 1000));
  const wait = retryAfterSeconds === 1 ? "1 second" : `${retryAfterSeconds} seconds`;
  throw new AppError("rate_limited", `That was tried too often. Wait ${wait}, then try again.`, {
    retryAfterSeconds,
  });
}
