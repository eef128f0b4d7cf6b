import { setTimeout as pause } from "node:timers/promises";
import type { Table } from "../table.ts";
import type { BenchWorld } from "../world.ts";

const FEW = 20;
/** A quiet host gives its garbage back meanwhile. */
const SETTLE_MS = 8_000;
const MEBIBYTE = 1024 * 1024;
const GIBIBYTE = 1024 * MEBIBYTE;

/** What each further idle session costs, from few to many; before anything is sent, which would show. */
export async function measureMemory(world: BenchWorld, table: Table, many: number): Promise<void> {
  const { raw, roost } = world;
  const sizes = async () => {
    await pause(SETTLE_MS);
    return { raw: await raw.run({ kind: "rss" }), roost: roost.hostMemory() };
  };
  await world.linkUpTo(FEW);
  const few = await sizes();
  await world.linkUpTo(many);
  const full = await sizes();
  const each = {
    raw: (full.raw - few.raw) / (many - FEW),
    roost: (full.roost - few.roost) / (many - FEW),
  };
  table.add({
    what: `memory of an idle session, ${FEW} to ${many}`,
    raw: each.raw / MEBIBYTE,
    roost: each.roost / MEBIBYTE,
    unit: "MiB",
    isLessBetter: true,
    budget: { figure: 0.35 },
  });
  table.add({
    what: "sessions per GiB",
    raw: GIBIBYTE / each.raw,
    roost: GIBIBYTE / each.roost,
    unit: "sessions",
  });
}
