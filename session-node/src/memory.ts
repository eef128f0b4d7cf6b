import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

/** Below this use of the event loop nobody notices the pause of a collection (tens of milliseconds). */
const IDLE_UTILIZATION = 0.1;
/** What has to have piled up to be worth it. */
const WORTH_BYTES = 8 * 1024 * 1024;

/**
 * Gives memory back when the host has become quiet. A login or a burst of sends leaves megabytes of
 * garbage; V8 collects when it needs room, which an idle host of hundreds of accounts never does.
 */
export class MemoryKeeper {
  readonly #collect: Collect;
  #utilization = performance.eventLoopUtilization();
  #usedAfter = 0;

  constructor() {
    setFlagsFromString("--expose-gc");
    this.#collect = runInNewContext("gc") as Collect;
  }

  /** To be called every few seconds. */
  check(): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    if (!isWorthCollecting(utilization, used() - this.#usedAfter)) return;
    this.collect();
  }

  /** Collects now, whatever it costs. */
  collect(): void {
    this.#collect({ type: "major", execution: "sync", flavor: "last-resort" });
    this.#usedAfter = used();
    this.#utilization = performance.eventLoopUtilization();
  }
}

/** `utilization` is the share of time in which the event loop was busy, `grownBytes` since the last time. */
export function isWorthCollecting(utilization: number, grownBytes: number): boolean {
  return utilization <= IDLE_UTILIZATION && grownBytes >= WORTH_BYTES;
}

function used(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
