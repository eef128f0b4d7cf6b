import type { Table } from "../table.ts";
import type { BenchWorld } from "../world.ts";

const MESSAGES = 200;

/** One message at a time to a person who wrote lately: from the request to the network's ledger. */
export async function measureLatency(world: BenchWorld, table: Table): Promise<void> {
  await world.linkUpTo(1);
  const { p50, p99 } = await world.roost.replyLatency(MESSAGES);
  const shared = { unit: "ms", isLessBetter: true };
  table.add({ what: "request to phone, p50", roost: p50, budget: { figure: 15 }, ...shared });
  table.add({ what: "request to phone, p99", roost: p99, budget: { figure: 60 }, ...shared });
}
