import type { Id } from "@roost/contract/ids";
import type { Candidate } from "../accounts/account-object.ts";

/** Below this an account is not chosen for anything but a chat it has already. */
const HEALTHY = 50;

/**
 * The account for a message that names none: the one that spoke with this person last, else the
 * healthiest. Null when no connected account takes messages.
 */
export function chooseAccount(candidates: readonly Candidate[]): Id<"account"> | null {
  const able = candidates.filter(
    ({ state, queue_state }) =>
      state === "connected" && (queue_state === "active" || queue_state === "paused"),
  );
  const [best] = able
    .filter(({ chatAt, health }) => chatAt !== null || health >= HEALTHY)
    .sort((a, b) => (b.chatAt ?? 0) - (a.chatAt ?? 0) || b.health - a.health);
  return best?.id ?? able[0]?.id ?? null;
}
