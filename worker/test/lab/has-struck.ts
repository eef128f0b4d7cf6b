import { type Fault, targetOf } from "./fault.ts";
import type { Struck } from "./timeline.ts";

/** Something that the parts met of what the lab had broken. */
export type Met = { at: number; what: string };

/** A process needs a moment to be there again, and what was written to be read. */
const LATE_MS = 3_000;

/**
 * Whether the fault has hit anything: a process that was not there, a place that nobody came by, and a
 * queue that nobody used while it was broken are no faults that were survived.
 */
export function hasStruck(one: Struck, all: readonly Struck[], met: readonly Met[]): boolean {
  if (!one.isMade) return false;
  const what = traceOf(one.strike.fault);
  if (what === null) return true;
  const until = Math.min(one.until + LATE_MS, nextOn(one, all));
  return met.some((each) => each.what === what && each.at >= one.at && each.at <= until);
}

/** What is met of it; null where making it is all there is to it. */
function traceOf(fault: Fault): string | null {
  switch (fault.kind) {
    case "host_crash":
      return `host ${fault.host} started`;
    case "edge_crash":
      return `edge at ${fault.at}`;
    case "d1":
    case "queue":
    case "alarms":
    case "disk_full":
      return fault.kind;
    default:
      return null;
  }
}

/** When the same target is struck again: what is met from then on is of that fault. */
function nextOn({ strike, at }: Struck, all: readonly Struck[]): number {
  const target = targetOf(strike.fault);
  const later = all.filter((other) => other.at > at && targetOf(other.strike.fault) === target);
  return Math.min(...later.map((other) => other.at));
}
