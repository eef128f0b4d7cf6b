import { type MessageId, ownerOf } from "@roost/contract/ids";
import type { Message } from "@roost/contract/messages";
import { accountStub } from "../accounts/account-stub.ts";
import { requireAccount } from "../accounts/own-accounts.ts";
import type { Context } from "../context.ts";
import { notFound, unwrap } from "../errors.ts";

/** Cancels a message that has not begun to go out. */
export async function cancelMessage(ctx: Context, id: MessageId): Promise<Message> {
  const { account, number } = ownerOf(id);
  requireAccount(ctx, account, "message");
  const outcome = await accountStub(ctx.env, account).cancel(ctx.tenantId, number);
  if (!outcome.ok && outcome.refusal.code === "not_found") throw notFound("message");
  return unwrap(outcome);
}
