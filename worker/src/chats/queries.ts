import type { Chat, ChatQuery } from "@roost/contract/chats";
import { type ChatId, ownerOf } from "@roost/contract/ids";
import { accountStub } from "../accounts/account-stub.ts";
import { fanOut } from "../accounts/fan-out.ts";
import { requireAccount } from "../accounts/own-accounts.ts";
import type { Context } from "../context.ts";
import { notFound, unwrap } from "../errors.ts";

export async function getChat(ctx: Context, id: ChatId): Promise<Chat> {
  const { account, number } = ownerOf(id);
  requireAccount(ctx, account, "chat");
  const outcome = await accountStub(ctx.env, account).chat(ctx.tenantId, number);
  if (!outcome.ok && outcome.refusal.code === "not_found") throw notFound("chat");
  return unwrap(outcome);
}

/** Chats of one account or of all, the latest first. */
export async function listChats(
  ctx: Context,
  query: ChatQuery,
): Promise<{ data: Chat[]; next_cursor: string | null }> {
  return fanOut<Chat>(
    ctx,
    query,
    (chat) => ({
      at: Date.parse(chat.updated_at),
      account: chat.account,
      n: ownerOf(chat.id).number,
    }),
    (account, after) =>
      accountStub(ctx.env, account).listChats(ctx.tenantId, { after, limit: query.limit }),
  );
}
