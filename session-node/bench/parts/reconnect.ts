import { setTimeout as pause } from "node:timers/promises";
import type { Table } from "../table.ts";
import type { BenchWorld } from "../world.ts";

/** All accounts connected again after the host's process was killed and started anew. */
export async function measureReconnect(
  world: BenchWorld,
  table: Table,
  accounts: number,
): Promise<void> {
  await world.linkUpTo(accounts);
  const rawMs = await world.raw.run({ kind: "reconnect" });
  const { sinceKillMs, sinceHelloMs } = await restartHost(world);
  table.add({
    what: `${accounts} accounts connected again, from the host's hello`,
    raw: rawMs / 1_000,
    roost: sinceHelloMs / 1_000,
    unit: "s",
    isLessBetter: true,
    budget: { ratio: 1 / 1.2 },
  });
  table.add({
    what: `${accounts} accounts, from \`kill -9\` on`,
    roost: sinceKillMs / 1_000,
    unit: "s",
    isLessBetter: true,
  });
}

async function restartHost({ stack, roost }: BenchWorld) {
  const [host] = stack.hosts;
  const hellosBefore = roost.hostLog(0, "edge.connected").length;
  const killedAt = Date.now();
  host.kill("SIGKILL");
  // Each account's journal says when it was connected again.
  await roost.allConnectedSince(killedAt);
  const helloAt = roost.hostLog(0, "edge.connected")[hellosBefore] ?? killedAt;
  const lastAt = Math.max(...(await roost.connectedTimes(killedAt)));
  await pause(1_000);
  return { sinceKillMs: lastAt - killedAt, sinceHelloMs: lastAt - helloAt };
}
