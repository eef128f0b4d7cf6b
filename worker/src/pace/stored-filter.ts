import { type Id, type NumberedId, type NumberedKind, ownerOf } from "@roost/contract/ids";
import type { MessageFilter } from "@roost/contract/queue";
import type { StoredFilter } from "../accounts/outbox/message-filter.ts";
import { invalidField, notFound } from "../errors.ts";
import { readRecipient } from "../messages/recipient.ts";

/** The filter in the terms of the account that it is about. Ids of another account mean nothing there. */
export function storedFilter(account: Id<"account">, filter: MessageFilter): StoredFilter {
  const numberHere = (id: NumberedId<NumberedKind>): number[] => {
    const owner = ownerOf(id);
    return owner.account === account ? [owner.number] : [];
  };
  const [chat] = filter.chat === undefined ? [null] : numberHere(filter.chat);
  if (chat === undefined) throw notFound("chat");
  return {
    numbers: filter.ids === undefined ? null : [...new Set(filter.ids.flatMap(numberHere))],
    states: filter.state ?? null,
    lane: filter.lane ?? null,
    chat,
    address: filter.to === undefined ? null : addressOf(filter.to),
    reference: filter.client_reference ?? null,
    errorCode: filter.error_code ?? null,
    since: timeOf(filter.created_since),
    until: timeOf(filter.created_until),
  };
}

function addressOf(to: string): string {
  const recipient = readRecipient(to);
  if (recipient.kind === "person") return recipient.address;
  throw invalidField("filter.to", "must be a phone number in E.164, a JID or a LID");
}

function timeOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
