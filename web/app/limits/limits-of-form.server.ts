import type { SetLimits } from "@roost/contract/accounts";
import { textOf } from "../forms.server.ts";

const MS = 1_000;

/** Where the form has another name, or another unit, than the API. */
export const fieldOf: Record<string, string> = {
  gap_ms: "gap_max",
  "gap_ms.min": "gap_min",
  "gap_ms.max": "gap_max",
  campaign_gap_ms: "campaign_gap_max",
  "campaign_gap_ms.min": "campaign_gap_min",
  "campaign_gap_ms.max": "campaign_gap_max",
  "typing.ms_per_character": "typing_per_character",
  "typing.max_ms": "typing_max",
  "lane_shares.direct": "share_direct",
  "lane_shares.campaign": "share_campaign",
  quiet_hours: "quiet_end",
  "quiet_hours.start": "quiet_start",
  "quiet_hours.end": "quiet_end",
  "quiet_hours.time_zone": "quiet_zone",
};

const gap = "must be from 0 to 600 seconds, and the first not above the second";
const percent = "must be a whole number from 1 to 100";

/** The sentence for a person, where the API speaks of milliseconds or of two fields at once. */
export const say: Record<string, string> = {
  gap_min: gap,
  gap_max: gap,
  campaign_gap_min: gap,
  campaign_gap_max: gap,
  typing_max: "must be from 0 to 60 seconds",
  share_direct: percent,
  share_campaign: percent,
};

/** What was filled in, as the API takes it. What is no number it refuses itself, by field. */
export function limitsOf(form: FormData): SetLimits {
  const number = (name: string): number => {
    const text = textOf(form, name).trim();
    return text === "" ? Number.NaN : Number(text);
  };
  // Milliseconds are whole; 0.3 s would be 300.00000000000006 of them somewhere.
  const ms = (name: string): number => Math.round(number(name) * MS);
  return {
    per_minute: number("per_minute"),
    per_hour: number("per_hour"),
    per_day: number("per_day"),
    gap_ms: { min: ms("gap_min"), max: ms("gap_max") },
    campaign_gap_ms: { min: ms("campaign_gap_min"), max: ms("campaign_gap_max") },
    typing: { ms_per_character: number("typing_per_character"), max_ms: ms("typing_max") },
    lane_shares: { direct: number("share_direct"), campaign: number("share_campaign") },
    new_chats_per_day: number("new_chats_per_day"),
    warm_up: textOf(form, "warm_up") === "on",
    quiet_hours:
      textOf(form, "quiet") === "on"
        ? {
            start: textOf(form, "quiet_start"),
            end: textOf(form, "quiet_end"),
            time_zone: textOf(form, "quiet_zone"),
          }
        : null,
  };
}
