import { configOf } from "../config.ts";
import type { Seeking } from "./fleet-object.ts";
import { fleetStub } from "./stubs.ts";

/**
 * A host for the account in its region, or null: then it is called when there is one. A region whose
 * hosts are full makes it wait; one without any host is stood in for by the deployment's own.
 */
export async function placeAccount(
  env: Env,
  region: string | null,
  seeking: Seeking,
): Promise<string | null> {
  const { defaultRegion } = configOf(env);
  const home = region ?? defaultRegion;
  const placed = await fleetStub(env, home).place(seeking);
  if (placed.host !== null || !placed.isEmpty || home === defaultRegion) return placed.host;
  return (await fleetStub(env, defaultRegion).place(seeking)).host;
}
