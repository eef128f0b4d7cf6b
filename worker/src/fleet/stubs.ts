import { configOf } from "../config.ts";
import type { FleetObject } from "./fleet-object.ts";
import type { HostObject } from "./host-object.ts";

/** A region's fleet. The cast holds because wrangler.toml binds FLEETS to FleetObject. */
export function fleetStub(env: Env, region: string): DurableObjectStub<FleetObject> {
  const fleets = env.FLEETS as unknown as DurableObjectNamespace<FleetObject>;
  return fleets.getByName(region);
}

/** The fleets of all regions that ever had a host; the deployment's own knows which. */
export async function allFleets(env: Env): Promise<DurableObjectStub<FleetObject>[]> {
  const { defaultRegion } = configOf(env);
  const home = fleetStub(env, defaultRegion);
  const others = (await home.regions()).filter((region) => region !== defaultRegion);
  return [home, ...others.map((region) => fleetStub(env, region))];
}

/** A host's object, by the host's name. The cast holds because HOSTS is bound to HostObject. */
export function hostStub(env: Env, host: string): DurableObjectStub<HostObject> {
  const hosts = env.HOSTS as unknown as DurableObjectNamespace<HostObject>;
  return hosts.getByName(host);
}
