import type { Id } from "@roost/contract/ids";
import type { MessageFilter, RetriedQueue } from "@roost/contract/queue";
import { askAccount } from "../accounts/ask-account.ts";
import type { Context } from "../context.ts";
import { storedFilter } from "./stored-filter.ts";

/** Puts the account's failed messages back that the filter means and that may be repeated. */
export function retryQueue(
  ctx: Context,
  account: Id<"account">,
  filter: MessageFilter,
): Promise<RetriedQueue> {
  return askAccount(ctx, account, (stub, tenant) =>
    stub.retryQueue(tenant, storedFilter(account, filter)),
  );
}
