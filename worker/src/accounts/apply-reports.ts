import type {
  OutcomeReport,
  Peer,
  ReceiptReport,
  ReceivedReport,
  Report,
} from "@roost/contract/host";
import { ownerOf } from "@roost/contract/ids";
import type { AccountStore } from "./account-store.ts";
import { addressee, addressOf, hasPhone } from "./address.ts";
import { chatWith, isStranger, learnLookedUp } from "./chat-with.ts";
import { cutToBytes } from "./cut-to-bytes.ts";
import { settleMessage } from "./settle-message.ts";
import type { StoredChat, StoredMessage } from "./stored.ts";

/** As much of a stranger's text is kept; nobody types that, and storage must hold it. */
const MAX_TEXT_BYTES = 65_536;
const MAX_NAME_BYTES = 512;

/** Reports about messages; those about the session are for `SessionControl`. */
export type MessageReport = OutcomeReport | ReceiptReport | ReceivedReport;

export function isMessageReport(report: Report): report is MessageReport {
  return report.kind === "outcome" || report.kind === "receipt" || report.kind === "received";
}

/** Records a report about messages. Repeating it changes nothing. */
export function applyMessageReport(store: AccountStore, report: MessageReport, now: number): void {
  if (report.kind === "outcome") applyOutcome(store, report, now);
  else if (report.kind === "receipt") applyReceipt(store, report, now);
  else applyReceived(store, report, now);
}

function applyOutcome(store: AccountStore, report: OutcomeReport, now: number): void {
  const { account, number } = ownerOf(report.message);
  const message = account === store.account().id ? store.messages.find(number) : null;
  if (message === null || message.out === null) return;
  const chat = store.chats.find(message.chat);
  if (report.peer !== null && chat !== null) {
    learnLookedUp(store, chat, report.peer, addressee(message).phone);
  }
  const { at, error } = report;
  const fact = report.result === "returned" ? "accepted" : report.result;
  settleMessage(store, message, fact, { at, now, error });
}

function applyReceipt(store: AccountStore, report: ReceiptReport, now: number): void {
  const chats = store.chats.findPeer(report.peer);
  for (const waId of report.wa_ids) {
    const message = store.messages.findSent(waId) ?? findInChats(store, chats, waId);
    if (message === null) continue;
    const chat = store.chats.find(message.chat);
    // Only the person it went to can have got it.
    if (chat === null || !isFrom(report.peer, message, chat, chats)) continue;
    settleMessage(store, message, report.type, { at: report.at, now });
  }
}

function findInChats(
  store: AccountStore,
  chats: readonly StoredChat[],
  waId: string,
): StoredMessage | null {
  for (const chat of chats) {
    const found = store.messages.findInChat(chat, waId, "outbound");
    if (found !== null) return found;
  }
  return null;
}

/** Whether the peer can be the one whom the message went to. `theirs` are the peer's chats. */
function isFrom(
  peer: Peer,
  message: StoredMessage,
  chat: StoredChat,
  theirs: readonly StoredChat[],
): boolean {
  const { phone, lid } = addressee(message);
  if (lid !== null && peer.lid !== null) return lid === peer.lid;
  if (phone !== null && phone === peer.phone) return true;
  // The number may have changed hands since the chat began.
  if (phone !== null && theirs.some((their) => hasPhone(their, phone))) return true;
  if (isStranger(chat, peer)) return false;
  return theirs.includes(chat) || chat.phone === null || peer.phone === null;
}

function applyReceived(store: AccountStore, report: ReceivedReport, now: number): void {
  const { from_me: isOurs, wa_id: waId, peer } = report;
  if (peer.phone === null && peer.lid === null) return;
  const chat = chatWith(
    store,
    peer,
    now,
    isOurs ? null : cutToBytes(report.name ?? "", MAX_NAME_BYTES) || null,
  );
  const direction = isOurs ? "outbound" : "inbound";
  const known = store.messages.findInChat(chat, waId, direction);
  if (known !== null) {
    // Our own message seen by the account's other devices: then it was sent.
    if (isOurs) settleMessage(store, known, "sent", { at: report.at, now });
    return;
  }
  const quoted =
    report.quoted_wa_id === null
      ? null
      : (store.messages.findInChat(chat, report.quoted_wa_id, "outbound") ??
        store.messages.findInChat(chat, report.quoted_wa_id, "inbound"));
  const n = store.messages.last() + 1;
  const message: StoredMessage = {
    n,
    chat: chat.n,
    before: chat.tails[0] ?? null,
    direction,
    origin: isOurs ? "phone" : "contact",
    address: addressOf(peer),
    type: report.type,
    text: report.text === null ? null : cutToBytes(report.text, MAX_TEXT_BYTES),
    replyTo: quoted?.n ?? null,
    waId,
    createdAt: now,
    states: [[isOurs ? "sent" : "received", report.at]],
    error: null,
    attempt: 0,
    mayBeOut: false,
    out: null,
  };
  store.change({ kind: "message", message });
  store.emit({ type: isOurs ? "message.sent" : "message.received", at: now, n });
}
