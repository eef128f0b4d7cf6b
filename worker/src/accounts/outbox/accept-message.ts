import { createHash } from "node:crypto";
import type { Limits } from "@roost/contract/accounts";
import { type Outcome, refuse } from "@roost/contract/errors";
import type { Peer } from "@roost/contract/host";
import { numberedId, ownerOf } from "@roost/contract/ids";
import type { Message, SendMessage } from "@roost/contract/messages";
import { leftOf } from "../limits/allowance.ts";
import type { AccountStore } from "../account-store.ts";
import { chatWith } from "../reports/chat-with.ts";
import { estimateFor, waitingBefore } from "./estimate.ts";
import { laneFor } from "../leases/lanes.ts";
import { presentAccepted, time, untilOf } from "../present.ts";
import { gradeOf } from "../leases/stranger.ts";
import type { StoredAccount, StoredMessage } from "../stored.ts";

/**
 * What waits at once in one account; beyond it a sender has to wait for its own messages. All of it is in
 * the memory of one object, which is 128 MB: a message takes about 1.6 kB there, and its text.
 */
const MAX_WAITING = 40_000;
const MAX_WAITING_CHARACTERS = 16_000_000;

/** A valid message for one person. `address` is how the answer shows `to`. */
export type Submission = {
  peer: Peer;
  address: string;
  text: string;
  input: Pick<SendMessage, "reply_to" | "client_reference" | "priority" | "pace" | "lane">;
  sendAt: number | null;
  expiresAt: number | null;
  idempotencyKey: string | null;
  bodyHash: string;
};
export type Accepted = { message: Message; isReplayed: boolean };

/** Takes the message into the outbox, or says why not. Durable with the caller's commit. */
export function acceptMessage(
  store: AccountStore,
  submission: Submission,
  now: number,
  limits: Limits,
): Outcome<Accepted> {
  const { idempotencyKey, bodyHash } = submission;
  const earlier =
    idempotencyKey === null
      ? null
      : store.keys.find(idempotencyKey, now, (n) => store.isFinished(n));
  if (earlier !== null) return replay(store, earlier, bodyHash);

  const chats = store.chats.findPeer(submission.peer);
  const lastInboundAt = Math.max(...chats.map((chat) => chat.lastInboundAt ?? 0), 0) || null;
  const lane = submission.input.lane ?? laneFor(lastInboundAt, now);
  const refusal = refusalOf(store.account(), lastInboundAt !== null);
  if (refusal !== null) return refusal;
  const full = isFull(store);
  if (full !== null) return full;
  if (leftOf(store.allowance(), now) < 1) return allowanceUsed(store);
  const { accepted } = store.outbox.counts();
  const replyTo = replyNumber(store, submission.input.reply_to ?? null);
  if (replyTo === undefined) {
    return refuse("validation_failed", "`reply_to` must be a message of the same account.");
  }

  const n = store.messages.last() + 1;
  const chat = chatWith(store, submission.peer, now);
  const isScheduled = submission.sendAt !== null && submission.sendAt > now;
  const message: StoredMessage = {
    n,
    chat: chat.n,
    before: chat.tails[0] ?? null,
    direction: "outbound",
    origin: "api",
    address: submission.address,
    type: "text",
    text: submission.text,
    replyTo,
    waId: whatsappId(numberedId("message", store.account().id, n)),
    createdAt: now,
    states: [[isScheduled ? "scheduled" : "accepted", now]],
    error: null,
    attempt: 0,
    mayBeOut: false,
    out: {
      lane,
      priority: submission.input.priority,
      pace: submission.input.pace,
      sendAt: submission.sendAt,
      expiresAt: submission.expiresAt,
      reference: submission.input.client_reference ?? null,
      position: accepted + 1,
      estimatedAt: estimateFor(
        store,
        limits,
        {
          lane,
          grade: gradeOf(chat),
          ahead: isScheduled ? 0 : waitingBefore(store, lane),
          sendAt: submission.sendAt,
        },
        now,
      ),
      key: idempotencyKey,
      bodyHash,
    },
  };
  store.change({ kind: "message", message });
  store.emit({ type: "message.accepted", at: now, n });
  return { ok: true, value: { message: presentAccepted(store, message), isReplayed: false } };
}

/**
 * The id under which WhatsApp will know the message, whichever attempt carries it. It looks like an
 * id of WhatsApp Web, and follows from our id alone.
 */
export function whatsappId(id: `msg_${string}`): string {
  const hash = createHash("sha256").update(id).digest("hex");
  return `3EB0${hash.slice(0, 18).toUpperCase()}`;
}

function replay(store: AccountStore, n: number, bodyHash: string): Outcome<Accepted> {
  const message = store.messages.find(n);
  if (message === null || message.out?.bodyHash !== bodyHash) {
    return refuse(
      "idempotency_mismatch",
      "This Idempotency-Key was used with another body. Use a new key for a new message.",
    );
  }
  return { ok: true, value: { message: presentAccepted(store, message), isReplayed: true } };
}

/** The refusal when no more may wait; null when there is room. */
export function isFull(store: AccountStore) {
  const { accepted, scheduled } = store.outbox.counts();
  const isRoom =
    accepted + scheduled < MAX_WAITING && store.outbox.characters() < MAX_WAITING_CHARACTERS;
  if (isRoom) return null;
  const waiting = accepted + scheduled;
  return refuse("rate_limited", `${waiting} messages wait already. Let some go out first.`);
}

/** Why the account takes no message now; null when it does. `isKnown`: the person has written to us. */
export function refusalOf(account: StoredAccount, isKnown: boolean) {
  switch (account.state) {
    case "unlinked":
    case "linking":
    case "logged_out":
      return refuse("account_unlinked", "Link a phone to this account first, then send again.");
    case "banned":
      return refuse(
        "account_restricted",
        "WhatsApp has banned this number. Use another account.",
        until(account),
      );
    case "restricted":
      if (isKnown) break;
      return refuse(
        "account_restricted",
        "WhatsApp lets this number only write to people who have written to it.",
        until(account),
      );
    case "connecting":
    case "connected":
    case "reconnecting":
    case "parked":
      break;
  }
  const { state } = account.queue;
  if (state === "draining" || state === "frozen") {
    return refuse("queue_closed", `The queue is ${state} and takes no messages. Set it to active.`);
  }
  return null;
}

function until(account: StoredAccount): { until?: string } {
  const at = untilOf(account);
  return at === null ? {} : { until: time(at) };
}

export function isAllowanceUsed(outcome: Outcome<unknown>): boolean {
  return !outcome.ok && outcome.refusal.code === "plan_allowance_used";
}

/** Nothing of the plan is left here; whether there is none at all the tenant's object knows. */
function allowanceUsed(store: AccountStore) {
  const endsAt = store.allowance()?.endsAt ?? null;
  return refuse(
    "plan_allowance_used",
    "The messages of your plan are used up for this month. Change the plan, or wait until it renews.",
    endsAt === null ? {} : { until: time(endsAt) },
  );
}

/** Null when it answers nothing, undefined when there is no such message here. */
function replyNumber(store: AccountStore, id: SendMessage["reply_to"]): number | null | undefined {
  if (id === null || id === undefined) return null;
  const { account, number } = ownerOf(id);
  const isHere = account === store.account().id;
  return isHere && store.messages.find(number) !== null ? number : undefined;
}
