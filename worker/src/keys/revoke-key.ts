import type { Id } from "@roost/contract/ids";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { keyCache } from "./key-cache.ts";
import { listKeys } from "./queries.ts";

/** Ends a key: here at once, elsewhere when what isolates remember of it is stale. */
export async function revokeKey(ctx: Context, keyId: Id<"key">): Promise<void> {
  const keys = ctx.accounts === null ? null : await listKeys(ctx);
  if (keys !== null && !keys.some(({ id }) => id === keyId)) throw notFound("key");
  const isKnown = await tenantStub(ctx.env, ctx.tenantId).revokeKey(keyId);
  if (!isKnown) throw notFound("key");
  keyCache.forget(keyId);
}
