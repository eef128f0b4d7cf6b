import { type Outcome, refuse } from "@roost/contract/errors";
import { numberedId } from "@roost/contract/ids";
import type { Lane, Message } from "@roost/contract/messages";
import { isFull, refusalOf, whatsappId } from "./accept-message.ts";
import type { AccountStore } from "../account-store.ts";
import { changeWindow } from "./change-window.ts";
import { laneFor } from "../leases/lanes.ts";
import { isOpen } from "./message-state.ts";
import { presentMessage } from "../present.ts";
import type { StoredMessage } from "../stored.ts";

export type Wish = { kind: "edit"; text: string } | { kind: "revoke" };

/** A correction is waited for: it goes before what else waits in its lane. */
const PRIORITY = 10;

/**
 * Takes a change of a sent message into the outbox: a stanza with an id of its own, which is leased,
 * counted and settled like a message. What the message says changes once WhatsApp has taken that.
 */
export function changeSent(
  store: AccountStore,
  n: number,
  wish: Wish,
  now: number,
): Outcome<Message> {
  const target = store.messages.find(n);
  if (target === null) {
    return refuse("not_found", "There is no such message, or it is not yours.");
  }
  if (wish.kind === "revoke" && isBeingRevoked(store, target)) {
    return { ok: true, value: presentMessage(store, target) };
  }
  const window = changeWindow(
    {
      kind: wish.kind,
      isOurs: target.direction === "outbound" && target.target === undefined,
      type: target.type,
      state: target.states.at(-1)?.[0] ?? "accepted",
      sentAt: target.states.find(([state]) => state === "sent")?.[1] ?? null,
      revokedAt: target.revokedAt ?? null,
    },
    now,
  );
  if (!window.ok) return window;
  const chat = store.chats.find(target.chat);
  const lane = laneFor(chat?.lastInboundAt ?? null, now);
  const refusal = refusalOf(store.account(), true) ?? isFull(store);
  if (refusal !== null) return refusal;
  const message = stanzaFor(store, target, wish, { lane, now, until: window.value.until });
  store.change({ kind: "message", message });
  return { ok: true, value: presentMessage(store, target) };
}

/** WhatsApp has taken the stanza: from here on the message is what it says. */
export function applySent(
  store: AccountStore,
  { type, text, target }: StoredMessage,
  at: number,
  now: number,
): void {
  const changed = target === undefined ? null : store.messages.find(target);
  if (changed === null || changed.revokedAt !== undefined) return;
  const { n } = changed;
  if (type === "revoke") {
    store.change({ kind: "revoked", n, at });
    store.emit({ type: "message.revoked", at: now, n });
    return;
  }
  store.change({ kind: "edited", n, text: text ?? "", at });
  store.emit({ type: "message.edited", at: now, n });
}

function isBeingRevoked(store: AccountStore, { revokedBy, revokedAt }: StoredMessage): boolean {
  if (revokedAt !== undefined || revokedBy === undefined) return false;
  const state = store.messages.find(revokedBy)?.states.at(-1)?.[0];
  return state !== undefined && (isOpen(state) || state === "unconfirmed");
}

function stanzaFor(
  store: AccountStore,
  target: StoredMessage,
  wish: Wish,
  { lane, now, until }: { lane: Lane; now: number; until: number },
): StoredMessage {
  const n = store.messages.last() + 1;
  return {
    n,
    chat: target.chat,
    before: null,
    direction: "outbound",
    origin: "api",
    address: target.address,
    type: wish.kind,
    text: wish.kind === "edit" ? wish.text : null,
    replyTo: null,
    waId: whatsappId(numberedId("message", store.account().id, n)),
    createdAt: now,
    states: [["accepted", now]],
    error: null,
    attempt: 0,
    mayBeOut: false,
    out: {
      lane,
      priority: PRIORITY,
      pace: "asap",
      sendAt: null,
      expiresAt: until,
      reference: null,
      position: 1,
      estimatedAt: null,
      key: null,
      bodyHash: "",
    },
    target: target.n,
  };
}
