import { type Outcome, refuse } from "@roost/contract/errors";
import { numberedId } from "@roost/contract/ids";
import type { Message } from "@roost/contract/messages";
import type { AccountEngine } from "../account-engine.ts";
import type { AccountStore } from "../account-store.ts";
import { isConfirmed, isWaiting } from "./message-state.ts";
import { presentMessage } from "../present.ts";
import { settleMessage } from "./settle-message.ts";
import type { StoredMessage } from "../stored.ts";
import { takeBack } from "../leases/take-back.ts";

/** How long a host may take to say whether it had begun. */
export const ANSWER_WITHIN_MS = 3_000;

type Cancel = Pick<AccountEngine, "store" | "sessions" | "askedBack" | "save">;

/**
 * Cancels a message that is not begun; one that a host holds is asked back first. Answers `sent` for a
 * message that WhatsApp has.
 */
export async function cancelMessage(engine: Cancel, n: number): Promise<Outcome<Message> | "sent"> {
  const { store, sessions, askedBack } = engine;
  const message = store.messages.find(n);
  if (message === null) {
    return refuse("not_found", "There is no such message, or it is not yours.");
  }
  const canWait = message.out !== null;
  if (canWait && !cancelNow(store, message) && message.states.at(-1)?.[0] === "leased") {
    const id = numberedId("message", store.account().id, n);
    sessions.commands.revoke([id]);
    engine.save();
    await askedBack.answers([id], ANSWER_WITHIN_MS, () => cancelNow(store, message));
  }
  engine.save();
  const state = message.states.at(-1)?.[0] ?? "accepted";
  if (state === "cancelled") return { ok: true, value: presentMessage(store, message) };
  if (isConfirmed(state) || state === "received") return "sent";
  return refuse("invalid_state", `The message is ${state}, which is too late to cancel it.`);
}

/** Ends the message if it is in nobody's hands. */
export function cancelNow(store: AccountStore, message: StoredMessage): boolean {
  const now = Date.now();
  takeBack(store, message, now);
  const state = message.states.at(-1)?.[0];
  // Leased, but the lease was given up: no host has it, and none can say what became of it.
  const isNowhere = state === "leased" && !store.leases.has(message.n);
  if (state === undefined || !(isWaiting(state) || isNowhere)) return false;
  settleMessage(store, message, "cancelled", { at: now, now });
  return true;
}
