import type { Evidence, Violation } from "../evidence.ts";
import { checkArrivals } from "./arrivals.ts";
import { checkDirectory } from "./directory.ts";
import { checkEnds } from "./ends.ts";
import { checkForeign } from "./foreign.ts";
import { checkJournals } from "./journals.ts";
import { checkOnce } from "./once.ts";
import { checkOwners } from "./owners.ts";
import { checkQuotas } from "./quotas.ts";
import { checkWaits } from "./waits.ts";

/** Holds what was seen of a run against every invariant of the design. */
export function check(evidence: Evidence): Violation[] {
  return [
    checkEnds,
    checkOnce,
    checkOwners,
    checkJournals,
    checkQuotas,
    checkDirectory,
    checkForeign,
    checkWaits,
    checkArrivals,
  ]
    .flatMap((one) => one(evidence))
    .toSorted((left, right) => left.invariant - right.invariant);
}
