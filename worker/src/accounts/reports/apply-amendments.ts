import type {
  EditedReport,
  MissingStanza,
  Peer,
  ReactionReport,
  RevokedReport,
  StanzaReport,
} from "@roost/contract/host";
import type { AccountStore } from "../account-store.ts";
import { addressOf } from "./address.ts";
import { chatWith } from "./chat-with.ts";
import { cutToBytes } from "../storage/cut-to-bytes.ts";
import { MAX_MISSING } from "./missing-stanzas.ts";
import type { StoredMessage } from "../stored.ts";

/** As much of a stranger's text is kept; nobody types that, and storage must hold it. */
export const MAX_TEXT_BYTES = 65_536;
/** One emoji, with all that it may be joined from. */
const MAX_EMOJI_BYTES = 64;

/** A stanza that says something of an earlier message. Heard twice it changes nothing. */
export function applyAmendment(
  store: AccountStore,
  report: EditedReport | RevokedReport | ReactionReport,
  now: number,
): void {
  if (isAnonymous(report.peer)) return;
  if (store.missing.hasHeard(report.stanza_id)) return;
  hear(store, report.stanza_id, report.from_me, report.peer);
  const isAboutOurs = report.kind === "reaction" ? report.to_ours : report.from_me;
  const message =
    find(store, report.peer, report.wa_id, isAboutOurs) ??
    showIfMissing(store, report.peer, report.wa_id, isAboutOurs, now);
  if (message === null) return;
  const { n } = message;
  const at = Math.min(report.at, now);
  switch (report.kind) {
    case "edited": {
      const text = report.text === null ? null : cutToBytes(report.text, MAX_TEXT_BYTES);
      if (message.revokedAt !== undefined || (message.editedAt ?? 0) > at) return;
      store.change({ kind: "edited", n, text, at });
      store.emit({ type: "message.edited", at: now, n });
      return;
    }
    case "revoked":
      if (message.revokedAt !== undefined) return;
      store.change({ kind: "revoked", n, at });
      store.emit({ type: "message.revoked", at: now, n });
      return;
    case "reaction": {
      const { from_me: isOurs } = report;
      const emoji = report.emoji === null ? null : cutToBytes(report.emoji, MAX_EMOJI_BYTES);
      const before = message.reactions?.find((reaction) => reaction.isOurs === isOurs);
      if ((before?.emoji ?? null) === emoji) return;
      store.change({ kind: "reaction", n, isOurs, emoji, at });
      store.emit({ type: "message.reaction", at: now, n, content: { isOurs, emoji } });
    }
  }
}

/** A stanza came whose content is not here: it is kept until it is, and at last shown as it is. */
export function applyStanza(store: AccountStore, report: StanzaReport, now: number): void {
  const { peer, from_me: isOurs, wa_id: waId, state } = report;
  if (isAnonymous(peer)) return;
  if (state === "empty") {
    hear(store, waId, isOurs, peer);
    return;
  }
  const known = store.missing.find({ waId, isOurs, peer });
  if (state === "missing") {
    const isHere = store.missing.hasHeard(waId) || find(store, peer, waId, isOurs) !== null;
    if (known !== null || isHere) return;
    const [oldest] = store.missing.all();
    if (store.missing.all().length >= MAX_MISSING && oldest !== undefined) {
      showMissing(store, oldest, now);
      store.change({ kind: "found", stanza: oldest });
    }
    const { jid, at } = report;
    store.change({ kind: "missing", stanza: { wa_id: waId, jid, peer, from_me: isOurs, at } });
    return;
  }
  // It stays among the missing: the phone may yet be switched on.
  if (known !== null) showMissing(store, known, now);
}

/** The stanza's content is here, whatever it was: nobody has to be asked for it. */
export function noteFound(store: AccountStore, waId: string, isOurs: boolean, peer: Peer): void {
  const stanza = store.missing.find({ waId, isOurs, peer });
  if (stanza !== null) store.change({ kind: "found", stanza });
}

function hear(store: AccountStore, stanzaId: string, isOurs: boolean, peer: Peer): void {
  noteFound(store, stanzaId, isOurs, peer);
  if (!store.missing.hasHeard(stanzaId)) store.change({ kind: "heard", stanzaId });
}

/** The message itself never could be read, and now something is said about it. */
function showIfMissing(
  store: AccountStore,
  peer: Peer,
  waId: string,
  isOurs: boolean,
  now: number,
): StoredMessage | null {
  const stanza = store.missing.find({ waId, isOurs, peer });
  if (stanza === null) return null;
  showMissing(store, stanza, now);
  return find(store, peer, waId, isOurs);
}

/** So that a person knows that something came. */
function showMissing(store: AccountStore, stanza: MissingStanza, now: number): void {
  const { peer, wa_id: waId, from_me: isOurs, at } = stanza;
  if (find(store, peer, waId, isOurs) !== null) return;
  const chat = chatWith(store, peer, now);
  const n = store.messages.last() + 1;
  const message: StoredMessage = {
    n,
    chat: chat.n,
    before: chat.tails[0] ?? null,
    direction: isOurs ? "outbound" : "inbound",
    origin: isOurs ? "phone" : "contact",
    address: addressOf(peer),
    type: "unsupported",
    text: null,
    replyTo: null,
    waId,
    createdAt: now,
    states: [[isOurs ? "sent" : "received", at]],
    error: null,
    attempt: 0,
    mayBeOut: false,
    out: null,
    isMissing: true,
  };
  store.change({ kind: "message", message });
  store.emit({ type: isOurs ? "message.sent" : "message.received", at: now, n });
}

function find(
  store: AccountStore,
  peer: Peer,
  waId: string,
  isOurs: boolean,
): StoredMessage | null {
  const direction = isOurs ? "outbound" : "inbound";
  for (const chat of store.chats.findPeer(peer)) {
    const found = store.messages.findInChat(chat, waId, direction);
    if (found !== null) return found;
  }
  return null;
}

function isAnonymous(peer: Peer): boolean {
  return peer.phone === null && peer.lid === null;
}
