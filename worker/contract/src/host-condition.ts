import type { Load } from "./host.ts";

/**
 * From where on a host takes no more accounts, and below what it does again. Between the two it stays
 * what it was, so that a host at the edge does not change its mind with every beat.
 */
export const UNWELL = {
  /** Share of the memory that the process may use. */
  memory: { from: 0.9, until: 0.8 },
  /** How late the event loop is on average: messages of all accounts are that late. */
  delayMs: { from: 500, until: 200 },
} as const;

type Facts = Pick<Load, "rss_bytes" | "memory_limit_bytes" | "event_loop_delay_ms">;

/** The share of its memory that a host uses; 0 when its limit is not known. */
export function memoryUsed({ rss_bytes, memory_limit_bytes }: Facts): number {
  return memory_limit_bytes === 0 ? 0 : rss_bytes / memory_limit_bytes;
}

/** Whether a host that was or was not unwell is so now. Host and edge ask the same question. */
export function isUnwell(wasUnwell: boolean, load: Facts): boolean {
  const memory = memoryUsed(load);
  const delayMs = load.event_loop_delay_ms;
  if (memory >= UNWELL.memory.from || delayMs >= UNWELL.delayMs.from) return true;
  return wasUnwell && (memory >= UNWELL.memory.until || delayMs >= UNWELL.delayMs.until);
}
