import type { AccountState } from "../account-state.ts";
import { countMessage } from "../limits/budgets.ts";
import { isWaiting } from "../outbox/message-state.ts";
import { afterOutcome } from "../standing/health.ts";
import type { Change, StoredMessage } from "../stored.ts";

/** One message more, or less, of what the plan allows. */
export function countAllowance(state: AccountState, count: 1 | -1): void {
  const { allowance } = state;
  if (allowance === null || allowance.limit === null) return;
  state.allowance = { ...allowance, used: Math.max(0, allowance.used + count) };
}

/** What a message's end means for its windows, the plan and the number's health. */
export function countOutcome(
  account: AccountState,
  message: StoredMessage,
  { state, now, error }: Extract<Change, { kind: "state" }>,
): void {
  if (isWaiting(state) || state === "leased") return;
  if (state === "expired" || state === "cancelled") {
    // What never went out is the plan's again, in the month in which it was taken.
    const isOfMonth = message.createdAt >= (account.allowance?.since ?? Infinity);
    if (isOfMonth && message.target === undefined) countAllowance(account, -1);
    return;
  }
  // What WhatsApp refused it has seen all the same; a number it does not know, it has not.
  if (error?.code !== "not_on_whatsapp") countOut(account, message, now);
  if (state !== "unconfirmed") {
    account.health = afterOutcome(account.health, state !== "failed", now);
  }
}

/** As it was handed out: the person may have answered before its outcome was heard. */
export function countOut(state: AccountState, { chat, out }: StoredMessage, now: number): void {
  const isBegun = state.chats.find(chat)?.begunAt !== null;
  const isNew = (out?.beginsChat ?? false) && !isBegun;
  countMessage(state.sends, out?.lane ?? "direct", isNew ? "new" : "known", now);
}
