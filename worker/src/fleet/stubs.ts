import type { FleetObject } from "./fleet-object.ts";
import type { HostObject } from "./host-object.ts";

/** One fleet for now; a region's name will stand here when there are several. */
const FLEET = "default";

/** The fleet's object. The cast holds because wrangler.toml binds FLEETS to FleetObject. */
export function fleetStub(env: Env): DurableObjectStub<FleetObject> {
  const fleets = env.FLEETS as unknown as DurableObjectNamespace<FleetObject>;
  return fleets.getByName(FLEET);
}

/** A host's object, by the host's name. The cast holds because HOSTS is bound to HostObject. */
export function hostStub(env: Env, host: string): DurableObjectStub<HostObject> {
  const hosts = env.HOSTS as unknown as DurableObjectNamespace<HostObject>;
  return hosts.getByName(host);
}
