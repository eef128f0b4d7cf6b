import type {
  EditedReport,
  OutcomeReport,
  Peer,
  ReactionReport,
  ReceiptReport,
  ReceivedReport,
  Report,
  RevokedReport,
  StanzaReport,
} from "@roost/contract/host";
import { ownerOf } from "@roost/contract/ids";
import type { AccountStore } from "../account-store.ts";
import { addressee, addressOf, hasPhone } from "./address.ts";
import { applyAmendment, applyStanza, MAX_TEXT_BYTES, noteFound } from "./apply-amendments.ts";
import { chatWith, isStranger, learnLookedUp } from "./chat-with.ts";
import { cutToBytes } from "../storage/cut-to-bytes.ts";
import { settleMessage } from "../outbox/settle-message.ts";
import type { StoredChat, StoredMessage } from "../stored.ts";

const MAX_NAME_BYTES = 512;

/** Reports about messages; those about the session are for `SessionControl`. */
export type MessageReport =
  | OutcomeReport
  | ReceiptReport
  | ReceivedReport
  | EditedReport
  | RevokedReport
  | ReactionReport
  | StanzaReport;

export function isMessageReport(report: Report): report is MessageReport {
  return report.kind === "outcome" || isOfWhatsApp(report);
}

/** What happened at WhatsApp, whichever session tells it. */
export function isOfWhatsApp(report: Report): report is Exclude<MessageReport, OutcomeReport> {
  switch (report.kind) {
    case "receipt":
    case "received":
    case "edited":
    case "revoked":
    case "reaction":
    case "stanza":
      return true;
    default:
      return false;
  }
}

/** Records a report about messages. Repeating it changes nothing. */
export function applyMessageReport(store: AccountStore, report: MessageReport, now: number): void {
  switch (report.kind) {
    case "outcome":
      applyOutcome(store, report, now);
      return;
    case "receipt":
      applyReceipt(store, report, now);
      return;
    case "received":
      applyReceived(store, report, now);
      return;
    case "stanza":
      applyStanza(store, report, now);
      return;
    default:
      applyAmendment(store, report, now);
  }
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
  noteFound(store, waId, isOurs, peer);
  if (known?.isMissing === true) {
    fillIn(store, known, report, quotedBy(store, chat, report), now);
    return;
  }
  if (known !== null) {
    // Our own message seen by the account's other devices: then it was sent.
    if (isOurs) settleMessage(store, known, "sent", { at: report.at, now });
    return;
  }
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
    replyTo: quotedBy(store, chat, report),
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

/** A message of which only was known that it came says now what it is. */
function fillIn(
  store: AccountStore,
  { n }: StoredMessage,
  report: ReceivedReport,
  replyTo: number | null,
  now: number,
): void {
  const text = report.text === null ? null : cutToBytes(report.text, MAX_TEXT_BYTES);
  store.change({ kind: "content", n, type: report.type, text, replyTo });
  store.emit({ type: report.from_me ? "message.sent" : "message.received", at: now, n });
}

function quotedBy(
  store: AccountStore,
  chat: StoredChat,
  { quoted_wa_id: waId }: ReceivedReport,
): number | null {
  if (waId === null) return null;
  const { messages } = store;
  const quoted =
    messages.findInChat(chat, waId, "outbound") ?? messages.findInChat(chat, waId, "inbound");
  return quoted?.n ?? null;
}
