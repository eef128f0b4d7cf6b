import { z } from "zod";

/**
 * Why an account, a link or a message is as it is: a stable code and the sentence a person reads.
 * Codes are public: add one, never rename one.
 */
export const reasons = {
  not_linked: "Link a phone to this account to begin.",
  link_waiting: "Scan the QR code with WhatsApp on the phone: Settings, Linked devices.",
  link_expired: "Nobody scanned the code in time. Start again when the phone is at hand.",
  link_refused: "WhatsApp refused to link this phone. Wait a few minutes, then try again.",
  link_interrupted: "The connection broke while linking. Start again.",
  link_cancelled: "Linking was cancelled.",
  link_other_number: "Another number was scanned than this account had before.",
  link_not_confirmed:
    "The phone took the code but did not finish linking. Open WhatsApp on it, then start again.",
  code_not_confirmed: "The code was not typed on the phone, or was mistyped. Ask for a new one.",
  code_refused:
    "WhatsApp gave no pairing code for this number. Check the number, or link with a QR code.",
  passkey_demanded:
    "WhatsApp asks for a passkey on this phone, which linked services cannot answer. Try again later, or link another number.",
  no_host: "No session host is free. The account connects as soon as one is.",
  host_lost: "The host that held the connection went away. The account moves to another.",
  host_draining: "The host is being taken out of service. The account moves to another.",
  host_full: "The host has no room left. The account moves to another.",
  host_moved: "The account moves to a host with more room.",
  starting: "The session is being started.",
  connection_lost: "The connection to WhatsApp broke. It is being restored.",
  connection_refused: "WhatsApp does not answer. It is being tried again with growing pauses.",
  not_answering: "WhatsApp is connected but does not answer. The connection is renewed.",
  bad_frame: "WhatsApp sent something that could not be read. The connection is renewed.",
  restart_required: "WhatsApp asked for a new connection.",
  unlinked_by_us: "You unlinked this account. Link it again to send.",
  logged_out_by_phone: "The phone removed this device. Link it again to send.",
  replaced:
    "Another program took over this connection. Make sure that it does not run twice, then restart the account.",
  temporarily_banned:
    "WhatsApp has banned this number for a time. It connects by itself when the time is over.",
  banned:
    "WhatsApp has banned this number. Open WhatsApp on the phone to ask for a review, then restart the account.",
  restricted: "WhatsApp restricts this number: new chats are not possible for now.",
  client_outdated:
    "WhatsApp refuses this client version. We are updating it; the account connects by itself, or restart it later.",
  credentials_refused: "WhatsApp no longer accepts the stored session. Reset and link again.",
  gave_up: "The connection failed too often. Restart the account to try again.",
  stopped: "The account is stopped. Restart it to connect.",
  quota_minute: "The limit per minute is reached. Sending goes on by itself.",
  quota_hour: "The limit per hour is reached. Sending goes on by itself.",
  quota_day: "The limit per day is reached. Sending goes on by itself.",
  lane_share:
    "This lane has used its share of the limit. The rest is kept for replies. Sending goes on by itself.",
  new_chats: "The limit of new chats per day is reached. Sending goes on by itself.",
  warm_up:
    "The number is new, so it begins only a few chats a day, more from day to day. Sending goes on by itself.",
  warm_up_raised: "The number went well for a day: it may begin more chats a day now.",
  warm_up_held:
    "The health is too low to begin more chats a day. The warm-up goes on when it is at 80 again.",
  time_lock:
    "WhatsApp does not let this number begin chats for now. Only messages to people who wrote to it go out.",
  time_lock_over: "WhatsApp lets this number begin chats again.",
  new_chat_cap:
    "WhatsApp's own limit of new chats is reached. Only messages to people who wrote to this number go out.",
  new_chat_cap_warning:
    "WhatsApp warns that this number begins many new chats. Send less to people who do not know it.",
  new_chat_cap_over: "WhatsApp's own limit of new chats leaves room again.",
  quiet_hours: "It is in the quiet hours of this account. Replies go out, the rest waits.",
  plan_allowance: "The messages of your plan are used up for this month. Change the plan, or wait.",
  low_health:
    "Too many messages failed lately. Campaign messages wait until the health is at 50 again, or until you set the queue to active.",
  health_recovered: "The health is at 50 or above again. Campaign messages go out.",
  phone_unseen_10_days:
    "The phone was not online for 10 days. WhatsApp unlinks this account after 14: open WhatsApp on the phone.",
  phone_unseen_12_days:
    "The phone was not online for 12 days. WhatsApp unlinks this account in 2 days: open WhatsApp on the phone now.",
  phone_unseen_13_days:
    "The phone was not online for 13 days. WhatsApp unlinks this account within a day: open WhatsApp on the phone now.",
  phone_seen_again: "The phone was online again. The account stays linked.",
  queue_paused: "The queue was paused or frozen. What waits goes out when it is set to active.",
  not_connected: "The account is not connected. Messages wait and go out when it is.",
  too_many_failures:
    "Ten messages failed in a row, so the queue was paused. Look at the errors, then resume.",
  backlog_gap:
    "The account was away for hours while messages waited. Look whether they should still go out, then resume the queue or clear it.",
  backlog_ban:
    "WhatsApp locked this number while messages waited. Wait until it may send again, look at what waits, then resume the queue or clear it.",
  backlog_number:
    "Another number was linked while messages waited for the one before. Resume the queue to send them from it, or clear it.",
  unknown: "WhatsApp ended the connection for a reason we do not know. It is being restored.",
} as const;

export type ReasonCode = keyof typeof reasons;
const codes = Object.keys(reasons) as [ReasonCode, ...ReasonCode[]];

export const Reason = z
  .strictObject({ code: z.enum(codes), sentence: z.string() })
  .meta({ id: "Reason" });
export type Reason = z.infer<typeof Reason>;

/** The reason with its sentence. */
export function reason(code: ReasonCode): Reason {
  return { code, sentence: reasons[code] };
}
