import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import { SERVER } from "../network/addresses.ts";
import { element, newId, seconds } from "../stanzas/node.ts";
import { hasChat } from "../storage/messages.ts";
import type { Fault } from "./faults.ts";

/** WhatsApp's answer to a new chat that the account's standing does not allow. */
export const NEW_CHAT_REFUSED = 463;

/** An account's limit on new chats as WhatsApp states it. */
export function timeLock(fault: Fault<"time_lock"> | undefined) {
  if (!fault) return { is_active: false, enforcement_type: "DEFAULT" };
  return {
    is_active: true,
    time_enforcement_ends: seconds(Date.parse(fault.until)),
    enforcement_type: "WEB_COMPANION_ONLY",
  };
}

/** How many new chats an account has begun and may begin. */
export function newChatCap(fault: Fault<"new_chat_cap"> | undefined) {
  const used = fault?.used ?? 0;
  const total = fault?.total ?? 1_000;
  const start = new Date();
  start.setUTCDate(1);
  const end = new Date(start);
  end.setUTCMonth(start.getUTCMonth() + 1);
  return {
    total_quota: total,
    used_quota: used,
    cycle_start_timestamp: seconds(start.getTime()),
    cycle_end_timestamp: seconds(end.getTime()),
    server_sent_timestamp: seconds(),
    capping_status: cappingStatus(used, total),
  };
}

/** The refusal a message to a stranger meets; null when it may go through. */
export function refusalOfNewChat(network: Network, account: Phone, to: Phone): number | null {
  const lock = network.faults.find("time_lock", account.number);
  const cap = network.faults.find("new_chat_cap", account.number);
  if (!lock && !cap) return null;
  if (account === to || hasChat(network.store, account.number, to.number)) return null;
  if (lock) return NEW_CHAT_REFUSED;
  if (!cap) return null;
  if (cap.used >= cap.total) return NEW_CHAT_REFUSED;
  cap.used++;
  return null;
}

export function timeLockNotification(fault: Fault<"time_lock"> | null): BinaryNode {
  return mexNotification("NotificationUserReachoutTimelockUpdate", {
    xwa2_notify_account_reachout_timelock: timeLock(fault ?? undefined),
  });
}

export function capNotification(fault: Fault<"new_chat_cap">): BinaryNode {
  return mexNotification("MessageCappingInfoNotification", {
    xwa2_notify_new_chat_messages_capping_info_update: newChatCap(fault),
  });
}

function cappingStatus(used: number, total: number): string {
  if (used >= total) return "CAPPED";
  if (used >= total * 0.9) return "SECOND_WARNING";
  return used >= total * 0.75 ? "FIRST_WARNING" : "NONE";
}

function mexNotification(operation: string, data: object): BinaryNode {
  return element("notification", { type: "mex", from: SERVER, id: newId(), t: seconds() }, [
    element("update", { op_name: operation }, Buffer.from(JSON.stringify({ data }))),
  ]);
}
