import type { HostDetail } from "@roost/contract/admin";
import type { System } from "../context.ts";
import { notFound } from "../errors.ts";
import { hostStub } from "../fleet/stubs.ts";
import { getHost } from "./queries.ts";

/** The host gives its accounts back, one after the other, and takes none until it is resumed. */
export function drainHost(system: System, name: string): Promise<HostDetail> {
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
