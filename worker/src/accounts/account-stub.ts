import type { Id } from "@roost/contract/ids";
import type { AccountObject } from "./account-object.ts";

/** The account's object. The cast holds because wrangler.toml binds ACCOUNTS to AccountObject. */
export function accountStub(env: Env, account: Id<"account">): DurableObjectStub<AccountObject> {
  const accounts = env.ACCOUNTS as unknown as DurableObjectNamespace<AccountObject>;
  return accounts.getByName(account);
}
