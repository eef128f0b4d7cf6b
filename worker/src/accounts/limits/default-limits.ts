import type { Limits, SetLimits } from "@roost/contract/accounts";

/** What an account may send before anybody sets its limits. Sandbox numbers cannot be banned. */
export function defaultLimits(isSandbox: boolean): Limits {
  return isSandbox
    ? {
        per_minute: 6_000,
        per_hour: 100_000,
        per_day: 1_000_000,
        gap_ms: { min: 0, max: 0 },
        campaign_gap_ms: { min: 0, max: 0 },
        typing: { ms_per_character: 2, max_ms: 100 },
        lane_shares: { direct: 90, campaign: 60 },
        new_chats_per_day: 100_000,
        warm_up: false,
        quiet_hours: null,
      }
    : {
        per_minute: 20,
        per_hour: 500,
        per_day: 5_000,
        gap_ms: { min: 0, max: 2_000 },
        campaign_gap_ms: { min: 2_000, max: 5_000 },
        typing: { ms_per_character: 40, max_ms: 6_000 },
        lane_shares: { direct: 90, campaign: 60 },
        new_chats_per_day: 200,
        warm_up: true,
        quiet_hours: null,
      };
}

/** The limits in force: what was set, and for what was left out, or did not exist yet, the default. */
export function limitsInForce(set: SetLimits | null, defaults: Limits): Limits {
  if (set === null) return defaults;
  return {
    per_minute: set.per_minute,
    per_hour: set.per_hour,
    per_day: set.per_day,
    gap_ms: set.gap_ms,
    campaign_gap_ms: set.campaign_gap_ms ?? defaults.campaign_gap_ms,
    typing: set.typing,
    lane_shares: set.lane_shares ?? defaults.lane_shares,
    new_chats_per_day: set.new_chats_per_day ?? defaults.new_chats_per_day,
    warm_up: set.warm_up ?? defaults.warm_up,
    quiet_hours: set.quiet_hours === undefined ? defaults.quiet_hours : set.quiet_hours,
  };
}
