import type { HostState } from "@roost/contract/admin";
import type { Load } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { configOf } from "../config.ts";
import { describeError, log } from "../log.ts";
import { fleetStub } from "./stubs.ts";

type Fleet = ReturnType<typeof fleetStub>;

export type FleetNewsDeps = {
  env: Env;
  background: (work: Promise<void>) => void;
};

/**
 * What placement is told of a host. What it misses, the next beat or a failed placement makes good, so
 * nobody waits for it.
 */
export class FleetNews {
  private readonly deps: FleetNewsDeps;
  /** Whose accounts are here has changed since placement was told. */
  private isCensusNew = true;

  constructor(deps: FleetNewsDeps) {
    this.deps = deps;
  }

  /** An account came or went: the next news say whose are here. */
  censusChanged(): void {
    this.isCensusNew = true;
  }

  /** How the host is, and, when that has changed, whose accounts are on it. */
  tell(
    { name, region }: { name: string; region: string },
    { state, load }: { state: HostState; load: Load },
    census: () => [Id<"tenant">, number][],
  ): void {
    const tenants = this.isCensusNew ? census() : null;
    this.isCensusNew = false;
    this.send(name, region, async (fleet) => {
      this.isCensusNew ||= await fleet.hostSaid(name, { state, load, tenants });
    });
  }

  down(name: string, region: string): void {
    this.send(name, region, (fleet) => fleet.hostDown(name));
  }

  /** The deployment's own fleet knows which regions there are. */
  regionSeen(name: string, region: string): void {
    const { defaultRegion } = configOf(this.deps.env);
    if (region === defaultRegion) return;
    this.send(name, defaultRegion, (fleet) => fleet.regionSeen(region));
  }

  private send(host: string, region: string, tell: (fleet: Fleet) => Promise<void>): void {
    const sending = async (): Promise<void> => {
      try {
        await tell(fleetStub(this.deps.env, region));
      } catch (error) {
        log({ event: "host.fleet_failed", host, error: describeError(error) });
      }
    };
    this.deps.background(sending());
  }
}
