import type { MessageId } from "@roost/contract/ids";
import type { EditMessage, Message } from "@roost/contract/messages";
import type { Context } from "../context.ts";
import { askOwner } from "./ask-owner.ts";

/** Sends another text in place of one that was sent. */
export function editMessage(ctx: Context, id: MessageId, { text }: EditMessage): Promise<Message> {
  return askOwner(ctx, id, (account, number) =>
    account.changeMessage(ctx.tenantId, number, { kind: "edit", text: text.body }),
  );
}
