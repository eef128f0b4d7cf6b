import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { portsFrom } from "../../local/layout.ts";
import { findTakenPort } from "../../local/taken-port.ts";
import { failuresOf, summaryOf } from "./report.ts";
import { run } from "./run.ts";
import { startWorld } from "./world.ts";

/**
 * `npm run faults`: the whole system under faults and load, both from a seed, and what was seen of it
 * held against the invariants. Fails when one does not hold.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    seed: { type: "string" },
    hosts: { type: "string", default: "2" },
    /** Messages per second that apps send; contacts send half as many. */
    rate: { type: "string", default: "6" },
  },
});

const ACCOUNTS_OF = [3, 2];
/** Of the run's minutes so much is left for coming to rest. */
const REST_MS = 35_000;
const SHORTEST_MS = 15_000;

async function main(): Promise<boolean> {
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : numberOf("seed", values.seed);
  const minutes = numberOf("minutes", values.minutes);
  const rate = numberOf("rate", values.rate);
  const directory = mkdtempSync(join(tmpdir(), `roost-faults-${seed}-`));
  console.log(`seed ${seed}, ${minutes} minutes; logs are in ${directory}/logs`);
  const { text, isKept } = await runIn(directory, seed, minutes, rate);
  console.log(text);
  if (isKept) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${directory}/report.txt`, `${text}\n`);
    console.log(
      `\nEverything is in ${directory}. Again: npm run faults -- --minutes ${minutes} --seed ${seed}`,
    );
  } else {
    rmSync(directory, { recursive: true, force: true });
  }
  return !isKept;
}

async function runIn(
  directory: string,
  seed: number,
  minutes: number,
  rate: number,
): Promise<{ text: string; isKept: boolean }> {
  await using world = await startWorld({
    directory,
    port: await freePort(seed),
    hosts: numberOf("hosts", values.hosts),
    accountsOf: ACCOUNTS_OF,
  });
  const result = await run(world, {
    seed,
    durationMs: Math.max(SHORTEST_MS, minutes * 60_000 - REST_MS),
    longestFaultMs: Math.min(80_000, 4_000 + minutes * 6_000),
    accountsOf: ACCOUNTS_OF,
    outboundPerSecond: rate,
    inboundPerSecond: rate / 2,
    say: (line) => console.log(line),
  });
  const summary = summaryOf(seed, result);
  const isKept = result.violations.length > 0;
  const failures = isKept ? `\n\n${failuresOf(result, directory)}` : "";
  return { text: `\n${summary}${failures}`, isKept };
}

async function freePort(seed: number): Promise<number> {
  for (let first = 21_000 + (seed % 800) * 10; ; first += 10) {
    if ((await findTakenPort(portsFrom(first))) === null) return first;
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new Error(`--${name} must be a number above 0, not "${text}".`);
}

process.exitCode = (await main()) ? 0 : 1;
