import type { Key } from "@roost/contract/keys";
import type { Context } from "../context.ts";
import { idCursor } from "../http/id-cursor.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { isVisible } from "./grant-refusal.ts";

/** The keys that the caller may see, the newest first. */
export async function listKeys(ctx: Context): Promise<Key[]> {
  const keys = await tenantStub(ctx.env, ctx.tenantId).listKeys();
  return keys.filter((key) => isVisible(ctx, key));
}

/** One page of them; the cursor is the last id of the page before. */
export async function pageOfKeys(
  ctx: Context,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ data: Key[]; next_cursor: string | null }> {
  const after = idCursor("key", cursor);
  const keys = await listKeys(ctx);
  const rest = after === undefined ? keys : keys.filter(({ id }) => id < after);
  const data = rest.slice(0, limit);
  return { data, next_cursor: rest.length > limit ? (data.at(-1)?.id ?? null) : null };
}
