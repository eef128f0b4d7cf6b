import type { Id } from "@roost/contract/ids";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";

type Caller = Pick<Context, "env" | "tenantId" | "accounts">;

/** Refuses an account the credential is not bound to, as if it did not exist. */
export function requireAccount(
  { accounts }: Pick<Caller, "accounts">,
  account: Id<"account">,
  what: string,
): void {
  if (accounts !== null && !accounts.includes(account)) throw notFound(what);
}

/** All accounts the caller may see. */
export async function ownAccounts(ctx: Caller): Promise<Id<"account">[]> {
  const all = await tenantStub(ctx.env, ctx.tenantId).listAccounts();
  const { accounts } = ctx;
  return accounts === null ? all : all.filter((account) => accounts.includes(account));
}
