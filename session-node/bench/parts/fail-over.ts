import { setTimeout as pause } from "node:timers/promises";
import { percentiles } from "../roost.ts";
import type { Table } from "../table.ts";
import { startWorld } from "../world.ts";

const ACCOUNTS = 20;
const ROUNDS = 3;

/** Two hosts, one of them is killed or falls silent: when its accounts are connected on the other. */
export async function measureFailOver(table: Table): Promise<void> {
  await using world = await startWorld({ port: 28_887, hosts: 2 });
  const { stack, roost } = world;
  await world.linkUpTo(ACCOUNTS);
  const crashed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const host = stack.hosts[round % 2] ?? stack.hosts[0];
    const killedAt = Date.now();
    host.kill("SIGKILL");
    // Gone for good: the same name must not come back meanwhile.
    await host.stop();
    crashed.push(...(await elsewhere(killedAt)));
    host.start();
    await stack.ready();
  }
  // The one that has the accounts now.
  const host = stack.hosts[ROUNDS % 2] ?? stack.hosts[0];
  const frozenAt = Date.now();
  host.kill("SIGSTOP");
  const silent = await elsewhere(frozenAt);
  host.kill("SIGCONT");
  await pause(2_000);

  const shared = { unit: "s", isLessBetter: true };
  const seconds = (times: number[], share: "p50" | "p95"): number =>
    percentiles(times)[share] / 1_000;
  table.add({ what: "fail-over of a killed host, p50", roost: seconds(crashed, "p50"), ...shared });
  table.add({
    what: "fail-over of a killed host, p95",
    roost: seconds(crashed, "p95"),
    budget: { figure: 10 },
    ...shared,
  });
  table.add({
    what: "fail-over of a silent host, p95",
    roost: seconds(silent, "p95"),
    budget: { figure: 30 },
    ...shared,
  });

  /** How long each account that was on the lost host took, once no account moves any more. */
  async function elsewhere(since: number): Promise<number[]> {
    await roost.someConnectedSince(since);
    await roost.allConnected();
    return (await roost.connectedTimes(since)).map((at) => at - since);
  }
}
