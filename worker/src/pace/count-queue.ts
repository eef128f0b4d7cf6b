import type { Id } from "@roost/contract/ids";
import type { CountedQueue, MessageFilter } from "@roost/contract/queue";
import { askAccount } from "../accounts/ask-account.ts";
import type { Context } from "../context.ts";
import { storedFilter } from "./stored-filter.ts";

/** How many messages a clear by this filter would mean, so that a person can be asked first. */
export function countQueue(
  ctx: Context,
  account: Id<"account">,
  filter: MessageFilter,
): Promise<CountedQueue> {
  return askAccount(ctx, account, (stub, tenant) =>
    stub.countQueue(tenant, storedFilter(account, filter)),
  );
}
