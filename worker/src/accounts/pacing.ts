import type { Limits } from "@roost/contract/accounts";
import type { PlannedMessage } from "./stored.ts";

/** A message not begun within this time of its turn is given back, so that nothing rots on a host. */
export const BEGIN_WITHIN_MS = 30_000;

export type Paced = { n: number; pace: "human" | "asap"; length: number; expiresAt: number | null };

/**
 * When each message may begin and how long typing is shown first. `freeAt` is when the last planned
 * message is through. Only pace `human` waits and types; `random` is in [0, 1).
 */
export function planMessages(
  messages: readonly Paced[],
  limits: Pick<Limits, "gap_ms" | "typing">,
  { now, freeAt, random }: { now: number; freeAt: number; random: () => number },
): PlannedMessage[] {
  let through = Math.max(now, freeAt);
  return messages.map(({ n, pace, length, expiresAt }) => {
    const isHuman = pace === "human";
    const { min, max } = limits.gap_ms;
    const gap = isHuman && through > now ? min + Math.floor((max - min) * random()) : 0;
    const { ms_per_character, max_ms } = limits.typing;
    const typingMs = isHuman ? Math.min(max_ms, length * ms_per_character) : 0;
    const notBefore = isHuman ? through + gap : now;
    if (isHuman) through = notBefore + typingMs;
    const giveUpAt = Math.max(through, notBefore) + BEGIN_WITHIN_MS;
    return { n, notBefore, typingMs, giveUpAt: Math.min(giveUpAt, expiresAt ?? giveUpAt) };
  });
}
