import type { Id } from "@roost/contract/ids";
import type { Context } from "../context.ts";
import { unwrap } from "../errors.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { accountStub } from "./account-stub.ts";
import { requireAccount } from "./own-accounts.ts";

/** Logs the phone out and deletes the account with everything in it. */
export async function deleteAccount(ctx: Context, account: Id<"account">): Promise<void> {
  requireAccount(ctx, account, "account");
  const { allowance } = unwrap(await accountStub(ctx.env, account).remove(ctx.tenantId));
  await tenantStub(ctx.env, ctx.tenantId).removeAccount(account, allowance);
}
