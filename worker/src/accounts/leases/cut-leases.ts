import type { LeasedMessage, Lease } from "@roost/contract/host";
import { type Id, numberedId } from "@roost/contract/ids";
import type { Limits } from "@roost/contract/accounts";
import type { Lane } from "@roost/contract/messages";
import { recipientOf } from "../reports/address.ts";
import type { AccountStore } from "../account-store.ts";
import type { Gates } from "../limits/gates.ts";
import { isGated } from "./held-in-hand.ts";
import { LANES } from "./lanes.ts";
import { leaseFacts, plannedUntil } from "./lease-facts.ts";
import { LEASE_SIZE, type LeaseDecision, nextLease } from "./next-lease.ts";
import { planMessages } from "./pacing.ts";
import { quietFrom } from "../limits/quiet-hours.ts";
import { lastSentAt } from "../limits/quota.ts";
import type { StoredLease, StoredMessage } from "../stored.ts";

export type Clock = { now: number; random: () => number; newLeaseId: () => Id<"lease"> };

/** What would happen with the due messages now. */
export function leaseDecision(store: AccountStore, limits: Limits, now: number): LeaseDecision {
  return nextLease(leaseFacts(store, limits, now), now);
}

/** Moves what is due into leases for the session's host, and answers them. */
export function cutLeases(store: AccountStore, limits: Limits, clock: Clock): StoredLease[] {
  const cut: StoredLease[] = [];
  for (;;) {
    const { host, epoch } = store.account().session;
    const { picks } = leaseDecision(store, limits, clock.now);
    if (picks.length === 0 || host === null) return cut;
    const lease: StoredLease = {
      id: clock.newLeaseId(),
      epoch,
      host,
      cutAt: clock.now,
      messages: plan(store, store.outbox.pick(picks, LEASE_SIZE), limits, clock),
    };
    if (lease.messages.length === 0) return cut;
    store.change({ kind: "lease", lease });
    cut.push(lease);
  }
}

/** Offers again what has no outcome: the same lease, the same ids, one attempt more. */
export function offerAgain(
  store: AccountStore,
  lease: StoredLease,
  limits: Limits,
  clock: Clock,
): void {
  const numbers = lease.messages.map(({ n }) => n);
  const messages = plan(store, numbers, limits, clock, []);
  store.change({ kind: "lease_offered", id: lease.id, messages, now: clock.now });
}

/** The lease as its host gets it; null when there is nothing in it to be sent. */
export function leaseFrame(store: AccountStore, lease: StoredLease, gates: Gates): Lease | null {
  const { id: account } = store.account();
  const messages = lease.messages.flatMap((planned): LeasedMessage[] => {
    const message = store.messages.find(planned.n);
    // What may not go out any more was asked back, or is about to be.
    if (message !== null && isGated(store, message, gates)) return [];
    const chat = message === null ? null : store.chats.find(message.chat);
    if (message === null || chat === null) return [];
    const quoted = message.replyTo === null ? null : store.messages.find(message.replyTo);
    return [
      {
        id: numberedId("message", account, message.n),
        wa_id: message.waId,
        to: recipientOf(message, chat),
        ...contentOf(store, message),
        quoted:
          quoted === null
            ? null
            : {
                wa_id: quoted.waId,
                from_me: quoted.direction === "outbound",
                text: quoted.text ?? "",
              },
        not_before: planned.notBefore,
        give_up_at: planned.giveUpAt,
        typing_ms: planned.typingMs,
        attempt: Math.max(1, message.attempt),
        ...(message.retries === undefined ? {} : { retries: message.retries }),
      },
    ];
  });
  return messages.length === 0 ? null : { id: lease.id, account, epoch: lease.epoch, messages };
}

/** When each may begin; `lanes` are those whose messages in hand are waited for. */
function plan(
  store: AccountStore,
  numbers: readonly number[],
  limits: Limits,
  { now, random }: Clock,
  lanes: readonly Lane[] = LANES,
) {
  const freeAfter = (lane: Lane) =>
    plannedUntil(
      store,
      lanes.filter((other) => LANES.indexOf(other) <= LANES.indexOf(lane)),
    );
  return planMessages(
    numbers.flatMap((n) => pacedOf(store, n) ?? []),
    limits,
    {
      now,
      random,
      freeAt: {
        reply: freeAfter("reply"),
        direct: freeAfter("direct"),
        campaign: freeAfter("campaign"),
      },
      campaignDoneAt: campaignDoneAt(store, lanes, now),
      quietFrom: quietFrom(limits.quiet_hours, now),
    },
  );
}

function campaignDoneAt(store: AccountStore, lanes: readonly Lane[], now: number): number | null {
  const sentAt = lastSentAt(store.sends().campaign);
  const planned = plannedUntil(
    store,
    lanes.filter((lane) => lane === "campaign"),
  );
  return sentAt === null && planned === 0 ? null : Math.max(planned, Math.min(sentAt ?? 0, now));
}

function pacedOf(store: AccountStore, n: number) {
  const message = store.messages.find(n);
  if (message === null || message.out === null) return null;
  const { lane, pace, expiresAt } = message.out;
  return { n, lane, pace, length: message.text?.length ?? 0, expiresAt };
}

function contentOf(
  store: AccountStore,
  { type, text, target }: StoredMessage,
): Pick<LeasedMessage, "type" | "text" | "target"> {
  const changed = target === undefined ? null : store.messages.find(target);
  if (changed === null) return { type: "text", text: text ?? "" };
  const kind = type === "revoke" ? "revoke" : "edit";
  return { type: kind, text: text ?? "", target: { wa_id: changed.waId } };
}
