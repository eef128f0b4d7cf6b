import { setTimeout as delay } from "node:timers/promises";

/** Repeats a check until it does not throw, and returns what it returned. */
export async function eventually<T>(check: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(10);
    }
  }
}
