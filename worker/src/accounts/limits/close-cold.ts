import type { MessageError } from "@roost/contract/messages";
import type { AccountStore } from "../account-store.ts";

/** How long no chat is begun after WhatsApp refused one, when it does not say until when. */
const COLD_CLOSED_MS = 24 * 60 * 60 * 1000;

/** What a host calls WhatsApp's 463: this number may begin no chats for now. */
const REFUSED_CHAT = "restricted";

/**
 * WhatsApp refused to let the number begin a chat. Each further try makes the restriction longer, so
 * none is made until it ends; who has written to us is answered all the same.
 */
export function closeColdLane(store: AccountStore, error: MessageError | null, now: number): void {
  if (error?.code !== REFUSED_CHAT) return;
  const { standing, coldClosedUntil = null } = store.account();
  const lock = standing?.timeLock ?? null;
  const told = lock !== null && lock.is_active && lock.until !== null ? lock.until : 0;
  const until = told > now ? told : now + COLD_CLOSED_MS;
  store.setAccount({ coldClosedUntil: Math.max(until, coldClosedUntil ?? 0) });
}
