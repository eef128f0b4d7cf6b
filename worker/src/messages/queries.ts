import { type MessageId, ownerOf } from "@roost/contract/ids";
import type { Message, MessageQuery } from "@roost/contract/messages";
import { accountStub } from "../accounts/account-stub.ts";
import { fanOut } from "../accounts/fan-out.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { askOwner } from "./ask-owner.ts";

export function getMessage(ctx: Context, id: MessageId): Promise<Message> {
  return askOwner(ctx, id, (account, number) => account.message(ctx.tenantId, number));
}

/** Messages of one account or of all, the newest first. */
export async function listMessages(
  ctx: Context,
  query: MessageQuery,
): Promise<{ data: Message[]; next_cursor: string | null }> {
  const chat = query.chat === undefined ? null : ownerOf(query.chat);
  if (chat !== null && query.account !== undefined && query.account !== chat.account) {
    throw notFound("chat");
  }
  return fanOut<Message>(
    ctx,
    { ...query, account: query.account ?? chat?.account },
    (message) => ({
      at: Date.parse(message.created_at),
      account: message.account,
      n: ownerOf(message.id).number,
    }),
    (account, after) =>
      accountStub(ctx.env, account).listMessages(ctx.tenantId, {
        chat: chat?.number ?? null,
        direction: query.direction ?? null,
        state: query.state ?? null,
        since: query.since === undefined ? null : Date.parse(query.since),
        until: query.until === undefined ? null : Date.parse(query.until),
        after,
        limit: query.limit,
      }),
  );
}
