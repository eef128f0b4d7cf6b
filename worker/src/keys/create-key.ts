import type { CreatedKey, CreateKey } from "@roost/contract/keys";
import type { Context } from "../context.ts";
import { unwrap } from "../errors.ts";
import { sha256 } from "../lib/crypto.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { grantRefusal } from "./grant-refusal.ts";
import { keyText, SECRET_BYTES } from "./key-text.ts";

/** Makes a key and answers its text, the only time anybody sees it. */
export async function createKey(ctx: Context, input: CreateKey): Promise<CreatedKey> {
  const { tenantId } = ctx;
  const tenant = tenantStub(ctx.env, tenantId);
  const accounts = input.accounts ?? null;
  const tenantAccounts = accounts === null ? [] : await tenant.listAccounts();
  const refusal = grantRefusal(ctx, input, tenantAccounts, ctx.now());
  if (refusal !== null) return unwrap({ ok: false, refusal });

  const keyId = ctx.newId("key");
  const secret = keyText({ tenantId, keyId }, ctx.random(SECRET_BYTES));
  const key = unwrap(
    await tenant.createKey({
      id: keyId,
      name: input.name,
      hash: sha256(secret),
      hint: secret.slice(-4),
      scopes: [...new Set(input.scopes)],
      accounts,
      expiresAt: typeof input.expires_at === "string" ? Date.parse(input.expires_at) : null,
      createdBy: ctx.actor,
    }),
  );
  return { ...key, secret };
}
