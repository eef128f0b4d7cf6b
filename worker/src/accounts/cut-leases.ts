import type { LeasedMessage, Lease } from "@roost/contract/host";
import { type Id, numberedId } from "@roost/contract/ids";
import type { Limits } from "@roost/contract/accounts";
import { recipientOf } from "./address.ts";
import type { AccountStore } from "./account-store.ts";
import { type LeaseDecision, nextLease } from "./next-lease.ts";
import { planMessages } from "./pacing.ts";
import { roomFor } from "./quota.ts";
import type { StoredLease } from "./stored.ts";

export type Clock = { now: number; random: () => number; newLeaseId: () => Id<"lease"> };

/** What would happen with the due messages now. */
export function leaseDecision(store: AccountStore, limits: Limits, now: number): LeaseDecision {
  const { state, reason, queue, session } = store.account();
  const { accepted: due, leased: inFlight } = store.outbox.counts();
  const isOnline = state === "connected" || state === "restricted";
  return nextLease({
    isConnected: isOnline && session.host !== null,
    notConnectedReason: reason,
    queueState: queue.state,
    queueReason: queue.reason,
    due,
    inFlight,
    room: roomFor(store.quota(), limits, inFlight, now),
  });
}

/** Moves what is due into leases for the session's host, and answers them. */
export function cutLeases(store: AccountStore, limits: Limits, clock: Clock): StoredLease[] {
  const cut: StoredLease[] = [];
  for (;;) {
    const { host, epoch } = store.account().session;
    const decision = leaseDecision(store, limits, clock.now);
    if (decision.kind !== "lease" || host === null) return cut;
    const messages = store.outbox.first(decision.count).flatMap((n) => pacedOf(store, n) ?? []);
    const freeAt = store.leases.plannedUntil();
    const lease: StoredLease = {
      id: clock.newLeaseId(),
      epoch,
      host,
      cutAt: clock.now,
      messages: planMessages(messages, limits, { now: clock.now, freeAt, random: clock.random }),
    };
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
  const messages = lease.messages.flatMap(({ n }) => pacedOf(store, n) ?? []);
  const { now, random } = clock;
  const planned = planMessages(messages, limits, { now, freeAt: now, random });
  store.change({ kind: "lease_offered", id: lease.id, messages: planned, now });
}

/** The lease as its host gets it. */
export function leaseFrame(store: AccountStore, lease: StoredLease): Lease {
  const { id: account } = store.account();
  const messages = lease.messages.flatMap((planned): LeasedMessage[] => {
    const message = store.messages.find(planned.n);
    const chat = message === null ? null : store.chats.find(message.chat);
    if (message === null || chat === null) return [];
    const quoted = message.replyTo === null ? null : store.messages.find(message.replyTo);
    return [
      {
        id: numberedId("message", account, message.n),
        wa_id: message.waId,
        to: recipientOf(message, chat),
        type: "text",
        text: message.text ?? "",
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
      },
    ];
  });
  return { id: lease.id, account, epoch: lease.epoch, messages };
}

function pacedOf(store: AccountStore, n: number) {
  const message = store.messages.find(n);
  if (message === null || message.out === null) return null;
  const { pace, expiresAt } = message.out;
  return { n, pace, length: message.text?.length ?? 0, expiresAt };
}
