import type { Event, EventQuery } from "@roost/contract/events";
import { accountStub } from "../accounts/account-stub.ts";
import { requireAccount } from "../accounts/own-accounts.ts";
import type { Context } from "../context.ts";
import { unwrap } from "../errors.ts";

/** The account's journal after a number, in order. */
export async function listEvents(
  ctx: Context,
  { account, after, limit }: EventQuery,
): Promise<{ data: Event[]; next_cursor: string | null }> {
  requireAccount(ctx, account, "account");
  const stub = accountStub(ctx.env, account);
  const data = unwrap(await stub.listEvents(ctx.tenantId, after, limit));
  const last = data.at(-1);
  const isFull = data.length === limit && last !== undefined;
  return { data, next_cursor: isFull ? String(last.seq) : null };
}
