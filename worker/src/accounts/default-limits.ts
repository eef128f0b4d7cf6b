import type { Limits } from "@roost/contract/accounts";

/** What an account may send before anybody sets its limits. Sandbox numbers cannot be banned. */
export function defaultLimits(isSandbox: boolean): Limits {
  return isSandbox
    ? {
        per_minute: 6_000,
        per_hour: 100_000,
        per_day: 1_000_000,
        gap_ms: { min: 0, max: 0 },
        typing: { ms_per_character: 2, max_ms: 100 },
      }
    : {
        per_minute: 20,
        per_hour: 500,
        per_day: 5_000,
        gap_ms: { min: 0, max: 2_000 },
        typing: { ms_per_character: 40, max_ms: 6_000 },
      };
}
