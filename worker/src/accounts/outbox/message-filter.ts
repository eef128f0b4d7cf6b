import type { Lane, OutboundState } from "@roost/contract/messages";
import type { AccountStore } from "../account-store.ts";
import type { StoredMessage } from "../stored.ts";

/** A filter in the account's own terms: numbers for ids, an address for the recipient. Null: any. */
export type StoredFilter = {
  numbers: number[] | null;
  states: OutboundState[] | null;
  lane: Lane | null;
  chat: number | null;
  address: string | null;
  reference: string | null;
  errorCode: string | null;
  since: number | null;
  until: number | null;
};

/**
 * Whether what the filter says applies to the message, its number aside. Only messages that were sent
 * through the API are ever meant.
 */
export function isMeant(
  store: AccountStore,
  message: StoredMessage,
  filter: StoredFilter,
): boolean {
  const { out, states, createdAt } = message;
  if (out === null || message.target !== undefined) return false;
  const { lane, chat, address, reference, errorCode, since, until } = filter;
  const state = states.at(-1)?.[0] ?? "accepted";
  return (
    (filter.states === null || filter.states.some((wanted) => wanted === state)) &&
    (lane === null || out.lane === lane) &&
    (chat === null || store.chats.find(message.chat)?.n === store.chats.find(chat)?.n) &&
    (address === null || message.address === address) &&
    (reference === null || out.reference === reference) &&
    (errorCode === null || message.error?.code === errorCode) &&
    (since === null || createdAt >= since) &&
    (until === null || createdAt <= until)
  );
}

/** The messages a filter names or could mean, the newest first. */
export function* mayBeMeant(store: AccountStore, filter: StoredFilter): Generator<StoredMessage> {
  if (filter.numbers !== null) {
    const found = filter.numbers.map((n) => store.messages.find(n));
    yield* found.filter((message) => message !== null);
    return;
  }
  const last = store.messages.last();
  const from = filter.until === null ? last : store.messages.lastUntil(filter.until);
  const chat = filter.chat === null ? null : store.chats.find(filter.chat);
  const all =
    filter.chat === null
      ? store.messages.newestFirst(from)
      : store.messages.chain(chat?.tails ?? [], from);
  for (const message of all) {
    if (filter.since !== null && message.createdAt < filter.since) return;
    yield message;
  }
}
