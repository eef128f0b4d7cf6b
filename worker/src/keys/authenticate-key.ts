import type { Principal, System } from "../context.ts";
import { sha256 } from "../lib/crypto.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { keyCache } from "./key-cache.ts";
import { parseKeyText } from "./key-text.ts";

/**
 * The principal behind a key's text. Null for whatever is not a valid key: callers must not be able
 * to tell an unknown one from a revoked one.
 */
export async function authenticateKey(
  { env, now }: Pick<System, "env" | "now">,
  text: string,
): Promise<Principal | null> {
  const hash = sha256(text);
  const name = parseKeyText(text);
  if (name === null) return null;

  const { tenantId, keyId } = name;
  let grant = keyCache.find(keyId, hash, now());
  if (grant === null) {
    grant = await tenantStub(env, tenantId).verifyKey(keyId, hash);
    if (grant === null) return null;
    keyCache.store(keyId, hash, grant, now());
  }
  const { scopes, accounts } = grant;
  return { tenantId, actor: keyId, scopes: new Set(scopes), accounts, role: null };
}
