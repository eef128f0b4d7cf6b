import type { Id } from "@roost/contract/ids";
import type { ClearedQueue, MessageFilter } from "@roost/contract/queue";
import { askAccount } from "../accounts/ask-account.ts";
import type { Context } from "../context.ts";
import { storedFilter } from "./stored-filter.ts";

/** Cancels the account's messages that the filter means and that are not begun. */
export function clearQueue(
  ctx: Context,
  account: Id<"account">,
  filter: MessageFilter,
): Promise<ClearedQueue> {
  return askAccount(ctx, account, (stub, tenant) =>
    stub.clearQueue(tenant, storedFilter(account, filter)),
  );
}
