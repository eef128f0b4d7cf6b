import type { ReasonCode } from "@roost/contract/reasons";

export type AdmissionFacts = {
  isDraining: boolean;
  isUnwell: boolean;
  /** Sessions that run here, without the one that is to be replaced. */
  sessions: number;
  capacity: number;
};

/** Why a session must not start here; null when it may. The edge should not have asked. */
export function refusal(facts: AdmissionFacts): ReasonCode | null {
  if (facts.isDraining) return "host_draining";
  return facts.isUnwell || facts.sessions >= facts.capacity ? "host_full" : null;
}
