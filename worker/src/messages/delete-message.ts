import type { MessageId } from "@roost/contract/ids";
import type { Message } from "@roost/contract/messages";
import type { Context } from "../context.ts";
import { askOwner } from "./ask-owner.ts";

/** Cancels a message that is not begun; one that was sent is deleted for everyone. */
export function deleteMessage(ctx: Context, id: MessageId): Promise<Message> {
  return askOwner(ctx, id, (account, number) => account.deleteMessage(ctx.tenantId, number));
}
