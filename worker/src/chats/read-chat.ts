import type { Chat } from "@roost/contract/chats";
import { type ChatId, ownerOf } from "@roost/contract/ids";
import { accountStub } from "../accounts/account-stub.ts";
import { requireAccount } from "../accounts/own-accounts.ts";
import type { Context } from "../context.ts";
import { notFound, unwrap } from "../errors.ts";

/** Counts everything in a chat as read by the tenant's people. */
export async function readChat(ctx: Context, id: ChatId): Promise<Chat> {
  const { account, number } = ownerOf(id);
  requireAccount(ctx, account, "chat");
  const outcome = await accountStub(ctx.env, account).readChat(ctx.tenantId, number);
  if (!outcome.ok && outcome.refusal.code === "not_found") throw notFound("chat");
  return unwrap(outcome);
}
