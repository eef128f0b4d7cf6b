import { parseArgs } from "node:util";
import { measureDoubled } from "./parts/doubled.ts";
import { measureFailOver } from "./parts/fail-over.ts";
import { measureLatency } from "./parts/latency.ts";
import { measureMemory } from "./parts/memory.ts";
import { measureReconnect } from "./parts/reconnect.ts";
import { measureAccepting, measureThroughput } from "./parts/throughput.ts";
import { Table } from "./table.ts";
import { startWorld } from "./world.ts";

/**
 * `npm run bench`: Roost and raw Baileys side by side, in one run, on the same WhatsApp sandbox.
 * What counts are the ratios; the absolute figures belong to the machine.
 */
const PARTS = ["memory", "throughput", "latency", "reconnect", "doubled", "fail-over"] as const;
type Part = (typeof PARTS)[number];

const { values: options } = parseArgs({
  options: {
    /** One part alone, or several: `--only latency,doubled`. */
    only: { type: "string", default: PARTS.join(",") },
    /** How many idle sessions the memory is measured up to. */
    idle: { type: "string", default: "500" },
    /** Through how many accounts messages go. */
    accounts: { type: "string", default: "1,20,50,200" },
    /** How many accounts a restarted host has to connect again. */
    reconnect: { type: "string", default: "100,200" },
    /** Write the table into this folder's README. */
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const HELP = `npm run bench -- [options]
  --only ${PARTS.join(",")}   some parts alone
  --accounts 1,20,50,200   through how many accounts messages go
  --idle 500               up to how many idle sessions the memory is measured
  --reconnect 100,200      how many accounts a restarted host connects again
  --write                  puts the table into session-node/bench/README.md`;

async function main(): Promise<void> {
  if (options.help) return console.log(HELP);
  const table = new Table();
  const wanted = new Set(options.only.split(","));
  const isWanted = (...parts: Part[]): boolean => parts.some((part) => wanted.has(part));
  for (const part of wanted) {
    if (!PARTS.some((known) => known === part)) {
      throw new Error(`There is no part ${part}. Parts are ${PARTS.join(", ")}.`);
    }
  }
  if (isWanted("throughput", "latency", "doubled", "reconnect")) {
    await using world = await startWorld({ port: 28_787 });
    if (isWanted("latency")) await measureLatency(world, table);
    const through = isWanted("throughput") ? numbers(options.accounts) : [];
    const again = isWanted("reconnect") ? numbers(options.reconnect) : [];
    const [first = 1, ...more] = through;
    if (isWanted("throughput")) await measureThroughput(world, table, first);
    if (isWanted("doubled")) await measureDoubled(world, table);
    // Accounts only become more, on both sides.
    for (const accounts of [...new Set([...more, ...again])].toSorted((a, b) => a - b)) {
      if (more.includes(accounts)) await measureThroughput(world, table, accounts);
      if (again.includes(accounts)) await measureReconnect(world, table, accounts);
    }
    // Last: it leaves a paused queue behind.
    if (isWanted("throughput")) await measureAccepting(world, table);
  }
  if (isWanted("memory")) {
    // In a stack of its own: what was sent would show.
    await using world = await startWorld({ port: 28_837 });
    await measureMemory(world, table, Number(options.idle));
  }
  if (isWanted("fail-over")) await measureFailOver(table);
  console.log(`\n${table.text()}`);
  if (options.write) table.write();
}

function numbers(text: string): number[] {
  return text.split(",").map(Number);
}

await main();
