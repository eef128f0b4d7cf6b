import { type Id, numbered, ownerOf } from "@roost/contract/ids";
import type { Context } from "../context.ts";
import { unwrap } from "../errors.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";

/** Opens the tenant's live stream, of one account or of all that the caller may see. */
export async function openStream(
  ctx: Context,
  account: Id<"account"> | null,
  lastEventId: string | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const last = numbered("event").safeParse(lastEventId);
  const owner = last.success ? ownerOf(last.data) : null;
  // Of many accounts one id cannot say where each was, so only one account is resumed.
  const after = owner !== null && owner.account === account ? owner.number : null;
  const within = ctx.accounts === null ? null : [...ctx.accounts];
  const request = { actor: ctx.actor, account, within, after };
  return unwrap(await tenantStub(ctx.env, ctx.tenantId).listen(request));
}
