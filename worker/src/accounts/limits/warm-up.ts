import type { Limits, WarmUp } from "@roost/contract/accounts";
import { time } from "../present.ts";
import { DAY } from "./quota.ts";

/** How far a number has come. `since`: when its present stage, or the wait for health, began. */
export type WarmUpState = { stage: number; since: number; isHeld: boolean };

/** New chats a day in each stage; after the last one there are only the account's limits. */
export const LADDER = [20, 36, 65, 117, 210, 378, 680, 1_224, 2_200] as const;
/** A number that fails more than this is given no more to do. */
export const WARM_FROM = 80;

export const firstStage = (now: number): WarmUpState => ({ stage: 1, since: now, isHeld: false });

/** Where a number stands of which it was not kept when it was linked: a stage for each day. */
export function stageByAge(createdAt: number, now: number): WarmUpState {
  const days = Math.max(0, Math.floor((now - createdAt) / DAY));
  return { stage: 1 + days, since: createdAt + days * DAY, isHeld: false };
}

/**
 * The state as of now. A stage takes a day in which the number was used and well; a day in which its
 * health fell too low begins anew when it has recovered.
 */
export function warmUpAfter(
  state: WarmUpState,
  { now, score, isUsed }: { now: number; score: number; isUsed: boolean },
): WarmUpState {
  const { stage, since, isHeld } = state;
  if (isOver(state)) return state;
  const isWell = score >= WARM_FROM;
  if (isWell === isHeld) return { stage, since: now, isHeld: !isWell };
  // A clock that was ahead: the day is counted from when it was right again.
  if (since > now) return { stage, since: now, isHeld };
  if (isHeld || !isUsed || now - since < DAY) return state;
  return { stage: stage + 1, since: now, isHeld };
}

/** How many chats may be begun a day; null when only the account's own limit counts. */
export function warmUpLimit(state: WarmUpState | null, limits: Limits): number | null {
  if (state === null || !limits.warm_up) return null;
  const most = LADDER[state.stage - 1];
  return most === undefined || most >= limits.new_chats_per_day ? null : most;
}

/** When it goes up by one; null while it is held back. */
export function nextStageAt({ since, isHeld }: WarmUpState): number | null {
  return isHeld ? null : since + DAY;
}

/** The stage as far as it limits the account; one more when it does not any more. */
export function stageShown({ stage }: WarmUpState, limits: Limits): number {
  return Math.min(stage, stagesOf(limits) + 1);
}

function stagesOf(limits: Limits): number {
  return LADDER.filter((most) => most < limits.new_chats_per_day).length;
}

export function presentWarmUp(state: WarmUpState | null, limits: Limits): WarmUp | null {
  const limit = warmUpLimit(state, limits);
  if (state === null || limit === null) return null;
  const nextAt = nextStageAt(state);
  return {
    stage: state.stage,
    stages: stagesOf(limits),
    new_chats_per_day: limit,
    next_stage_at: nextAt === null ? null : time(nextAt),
    is_held_back: state.isHeld,
  };
}

function isOver({ stage }: WarmUpState): boolean {
  return stage > LADDER.length;
}
