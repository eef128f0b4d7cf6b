import type { Outcome } from "@roost/contract/errors";
import { type MessageId, ownerOf } from "@roost/contract/ids";
import { accountStub } from "../accounts/account-stub.ts";
import { requireAccount } from "../accounts/own-accounts.ts";
import type { Context } from "../context.ts";
import { notFound, unwrap } from "../errors.ts";

/** Has the account that a message belongs to do or tell something about it. */
export async function askOwner<T>(
  ctx: Context,
  id: MessageId,
  ask: (account: ReturnType<typeof accountStub>, number: number) => Promise<Outcome<T>>,
): Promise<T> {
  const { account, number } = ownerOf(id);
  requireAccount(ctx, account, "message");
  const outcome = await ask(accountStub(ctx.env, account), number);
  // Whether the account or the message is missing is nobody's business.
  if (!outcome.ok && outcome.refusal.code === "not_found") throw notFound("message");
  return unwrap(outcome);
}
