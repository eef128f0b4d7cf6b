import type { Limits } from "@roost/contract/accounts";

const usual = { start: "22:00", end: "08:00" };

/** The limits as the form shows them: seconds instead of milliseconds, a box that is ticked or absent. */
export function valuesOf(limits: Limits, timeZone: string): Record<string, string> {
  const { quiet_hours: quiet } = limits;
  const seconds = (ms: number): string => String(ms / 1_000);
  const values: Record<string, number | string> = {
    per_minute: limits.per_minute,
    per_hour: limits.per_hour,
    per_day: limits.per_day,
    gap_min: seconds(limits.gap_ms.min),
    gap_max: seconds(limits.gap_ms.max),
    campaign_gap_min: seconds(limits.campaign_gap_ms.min),
    campaign_gap_max: seconds(limits.campaign_gap_ms.max),
    typing_per_character: limits.typing.ms_per_character,
    typing_max: seconds(limits.typing.max_ms),
    share_direct: limits.lane_shares.direct,
    share_campaign: limits.lane_shares.campaign,
    new_chats_per_day: limits.new_chats_per_day,
    ...(limits.warm_up ? { warm_up: "on" } : {}),
    ...(quiet === null ? {} : { quiet: "on" }),
    quiet_start: quiet?.start ?? usual.start,
    quiet_end: quiet?.end ?? usual.end,
    quiet_zone: quiet?.time_zone ?? timeZone,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
