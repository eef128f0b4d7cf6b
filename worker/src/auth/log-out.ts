import type { Principal, System } from "../context.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { endSession } from "./statements.ts";
import type { Visitor } from "./visitor.ts";

/**
 * Ends the browser's session and what listens with it. There being none is no failure: the end is the
 * same.
 */
export async function logOut(
  system: System,
  visitor: Visitor,
  principal: Principal | null,
): Promise<void> {
  if (visitor.sessionToken === null) return;
  await endSession(system, visitor.sessionToken);
  if (principal === null) return;
  // The person's other browsers come back by themselves, with sessions that are still good.
  await tenantStub(system.env, principal.tenantId).endStreams(principal.actor);
}
