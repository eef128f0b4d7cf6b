import type { Id } from "@roost/contract/ids";
import type { TenantObject } from "./tenant-object.ts";

/** The tenant's object. The cast holds because wrangler.toml binds TENANTS to TenantObject. */
export function tenantStub(env: Env, tenantId: Id<"tenant">): DurableObjectStub<TenantObject> {
  const tenants = env.TENANTS as unknown as DurableObjectNamespace<TenantObject>;
  return tenants.getByName(tenantId);
}
