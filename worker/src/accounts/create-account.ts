import type { Account, CreateAccount } from "@roost/contract/accounts";
import type { Context } from "../context.ts";
import { AppError, unwrap } from "../errors.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { accountStub } from "./account-stub.ts";

/** Makes an account, not linked yet. */
export async function createAccount(
  ctx: Context,
  { name, region }: CreateAccount,
): Promise<Account> {
  if (ctx.accounts !== null) {
    throw new AppError("forbidden", "A key that is bound to accounts cannot make another.");
  }
  const id = ctx.newId("account");
  // The list first: one that is listed and was not made is skipped, one not listed would be lost.
  const watchedUntil = await tenantStub(ctx.env, ctx.tenantId).addAccount(id);
  const stub = accountStub(ctx.env, id);
  const account = unwrap(
    await stub.create({ id, tenant: ctx.tenantId, name, region: region ?? null }),
  );
  await tenantStub(ctx.env, ctx.tenantId).tellAllowance(id);
  if (watchedUntil > 0) await stub.watch(ctx.tenantId, watchedUntil);
  return account;
}
