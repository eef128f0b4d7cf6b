import { totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Load } from "@roost/contract/host";

const RESOLUTION_MS = 20;

/** What this process bears: memory against what it may use, and how late its event loop is. */
export class LoadMeter {
  readonly #memoryLimitBytes: number;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  /** `memoryLimitBytes` null: what the container allows, or what the machine has. */
  constructor(memoryLimitBytes: number | null) {
    this.#memoryLimitBytes = memoryLimitBytes ?? ownMemoryLimit();
    this.#delay.enable();
  }

  /** Since the last call; to be called with each beat. */
  measure(): Omit<Load, "sessions" | "capacity"> {
    // The histogram holds the whole time between two looks, which is never less than its resolution.
    const meanMs = this.#delay.mean / 1e6 - RESOLUTION_MS;
    this.#delay.reset();
    return {
      rss_bytes: process.memoryUsage.rss(),
      memory_limit_bytes: this.#memoryLimitBytes,
      event_loop_delay_ms: toHundredths(meanMs),
    };
  }

  stop(): void {
    this.#delay.disable();
  }
}

function toHundredths(ms: number): number {
  return Number.isFinite(ms) && ms > 0 ? Math.round(ms * 100) / 100 : 0;
}

function ownMemoryLimit(): number {
  const machine = totalmem();
  // Without a limit Node answers 0 or a number beyond any machine.
  const container = process.constrainedMemory();
  return container > 0 && container < machine ? container : machine;
}
