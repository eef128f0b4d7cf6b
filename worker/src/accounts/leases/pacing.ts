import type { Limits } from "@roost/contract/accounts";
import type { Lane } from "@roost/contract/messages";
import type { PlannedMessage } from "../stored.ts";

/** A message not begun within this time of its turn is given back, so that nothing rots on a host. */
const BEGIN_WITHIN_MS = 30_000;
/** So far ahead a host is given campaign messages: what is stopped then is not much. */
const CAMPAIGN_AHEAD_MS = 60_000;
/** When less than this is planned, there is more to plan. */
const CAMPAIGN_REFILL_MS = 20_000;
const LEASE_SIZE = 20;

export type Paced = {
  n: number;
  lane: Lane;
  pace: "human" | "asap";
  length: number;
  expiresAt: number | null;
};

/** The account's clock, as far as it concerns pacing. */
export type PaceFacts = {
  now: number;
  /** When what a host has in hand is through: of the lane itself and of those before it. */
  freeAt: Record<Lane, number>;
  /** When the last campaign message went out, or will. */
  campaignDoneAt: number | null;
  /** When quiet hours begin, so that only replies are begun later. */
  quietFrom: number | null;
  /** In [0, 1). */
  random: () => number;
};

/**
 * When each message may begin and how long typing is shown first. Messages of pace `human` follow each
 * other with gaps; those of a campaign have a gap of their own, whatever their pace, and let all others
 * go before them. Replies wait for nobody but replies.
 */
export function planMessages(
  messages: readonly Paced[],
  limits: Pick<Limits, "gap_ms" | "campaign_gap_ms" | "typing">,
  { now, freeAt, campaignDoneAt, quietFrom, random }: PaceFacts,
): PlannedMessage[] {
  const through = {
    reply: Math.max(now, freeAt.reply),
    direct: Math.max(now, freeAt.direct),
    campaign: Math.max(now, freeAt.campaign),
  };
  let campaignAt = campaignDoneAt;
  return messages.map(({ n, lane, pace, length, expiresAt }) => {
    const isHuman = pace === "human";
    const { ms_per_character, max_ms } = limits.typing;
    const typingMs = isHuman ? Math.min(max_ms, length * ms_per_character) : 0;
    let notBefore = now;
    if (lane === "campaign") {
      const gapEndsAt =
        campaignAt === null ? now : campaignAt + between(limits.campaign_gap_ms, random);
      notBefore = Math.max(through.campaign, gapEndsAt);
      campaignAt = notBefore + typingMs;
    } else if (isHuman) {
      notBefore = through[lane] + (through[lane] > now ? between(limits.gap_ms, random) : 0);
    }
    const end = notBefore + typingMs;
    if (isHuman || lane === "campaign") {
      if (lane === "reply") through.reply = end;
      if (lane !== "campaign") through.direct = Math.max(through.direct, end);
      through.campaign = Math.max(through.campaign, end);
    }
    const giveUpAt = Math.min(
      end + BEGIN_WITHIN_MS,
      expiresAt ?? Infinity,
      lane === "reply" ? Infinity : (quietFrom ?? Infinity),
    );
    return { n, notBefore, typingMs, giveUpAt };
  });
}

/** How many more campaign messages are to be planned now, if there are any. */
export function campaignSlots(
  { campaign_gap_ms: { min, max } }: Pick<Limits, "campaign_gap_ms">,
  plannedUntil: number,
  now: number,
): number {
  const ahead = Math.max(0, plannedUntil - now);
  if (ahead > CAMPAIGN_REFILL_MS) return 0;
  const gap = (min + max) / 2;
  if (gap === 0) return LEASE_SIZE;
  return Math.min(LEASE_SIZE, Math.max(1, Math.floor((CAMPAIGN_AHEAD_MS - ahead) / gap)));
}

function between({ min, max }: { min: number; max: number }, random: () => number): number {
  return min + Math.floor((max - min) * random());
}
