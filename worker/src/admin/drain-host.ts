import type { HostDetail } from "@roost/contract/admin";
import type { System } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { fleetStub, hostStub } from "../fleet/stubs.ts";
import { getHost } from "./queries.ts";

/**
 * The host gives its accounts back, one after the other, and takes none until it is resumed. Refused
 * when the others have no room for them: an emptied host is no reason to be offline.
 */
export async function drainHost(system: System, name: string): Promise<HostDetail> {
  const { region, accounts } = await getHost(system, name);
  const places = await fleetStub(system.env, region).placesBeside(name);
  if (places < accounts) {
    throw new AppError(
      "invalid_state",
      `It has ${accounts === 1 ? "an account" : `${accounts} accounts`}, and the other hosts have room for ${places === 0 ? "none" : places}. Add a host first.`,
    );
  }
  return setDraining(system, name, true);
}

/** The host takes accounts again. */
export function resumeHost(system: System, name: string): Promise<HostDetail> {
  return setDraining(system, name, false);
}

async function setDraining(system: System, name: string, isDraining: boolean): Promise<HostDetail> {
  if (!(await hostStub(system.env, name).setDraining(isDraining))) throw notFound("host");
  return getHost(system, name);
}
