import type { Outcome } from "@roost/contract/errors";
import type { Id } from "@roost/contract/ids";
import type { Context } from "../context.ts";
import { unwrap } from "../errors.ts";
import { accountStub } from "./account-stub.ts";
import type { AccountObject } from "./account-object.ts";
import { requireAccount } from "./own-accounts.ts";

/** Has one of the caller's accounts do or tell something; anyone else's does not exist. */
export async function askAccount<T>(
  ctx: Context,
  account: Id<"account">,
  ask: (stub: DurableObjectStub<AccountObject>, tenant: Id<"tenant">) => Promise<Outcome<T>>,
): Promise<T> {
  requireAccount(ctx, account, "account");
  return unwrap(await ask(accountStub(ctx.env, account), ctx.tenantId));
}
