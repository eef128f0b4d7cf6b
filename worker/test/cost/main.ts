import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Budget, exceeded, type Scenario, table } from "./budget.ts";
import { perMessage } from "./price.ts";
import { alone, batch, type Measured, stream } from "./scenarios.ts";
import { startCounted } from "./world.ts";

/**
 * `npm run cost`: the deployable Worker, a real host and the sandbox; everything that Cloudflare bills
 * is counted where it happens, and held against the budgets. `--write` puts the table into the README.
 */
const SINGLE: Budget = {
  rows: 4,
  queueOperations: 1.5,
  objectRequests: 2,
  d1OnAccept: 0,
  dollarsPerMillion: 6,
};
/** Nobody shares its calls: accepted, delivered, and news of three kinds that may come one by one. */
const ALONE: Budget = { ...SINGLE, objectRequests: 6 };

const BATCH: Budget = { ...SINGLE, rows: 0.5, dollarsPerMillion: 2 };
/** Two reads of keys for each person who is written to for the first time. */
const FIRST: Budget = { ...BATCH, objectRequests: 3 };

const { values: options } = parseArgs({
  options: { write: { type: "boolean", default: false } },
});
const readme = fileURLToPath(new URL("../../README.md", import.meta.url));

async function measure(): Promise<Scenario[]> {
  await using world = await startCounted();
  const streamed = await stream(world);
  tell("1,000 single messages", streamed);
  const single = await alone(world);
  tell("a message alone", single);
  const many = await batch(world, true);
  tell("a batch of 1,000", many);
  const first = await batch(world, false);
  tell("a batch of 1,000 first messages", first);
  return [
    { name: "1,000 single messages", budget: SINGLE, figures: figuresOf(streamed) },
    {
      name: "a message alone",
      budget: ALONE,
      figures: figuresOf(withCheckpoint(single, streamed)),
    },
    { name: "a batch of 1,000", budget: BATCH, figures: figuresOf(withCheckpoint(many, streamed)) },
    {
      name: "a batch of 1,000 first messages",
      budget: FIRST,
      figures: figuresOf(withCheckpoint(first, streamed)),
    },
  ];
}

function figuresOf({ counts, messages }: Measured) {
  return perMessage(counts, messages);
}

/** These accounts are far from a checkpoint: their share of one is that of the stream. */
function withCheckpoint(measured: Measured, streamed: Measured): Measured {
  const pages = "rows: pages of AccountObject";
  const { counts, messages } = measured;
  const share = (streamed.counts[pages] ?? 0) * (messages / streamed.messages);
  return { messages, counts: { ...counts, [pages]: (counts[pages] ?? 0) + share } };
}

function tell(name: string, { counts, messages }: Measured): void {
  console.log(`\n${name}: ${messages} caused`);
  for (const what of Object.keys(counts).toSorted((a, b) => a.localeCompare(b))) {
    console.log(`  ${what}: ${counts[what]}`);
  }
}

function write(text: string): void {
  const between = /<!-- cost -->.*<!-- \/cost -->/s;
  const result = `<!-- cost -->\n\n${text}\n\n<!-- /cost -->`;
  writeFileSync(
    readme,
    readFileSync(readme, "utf8").replace(between, () => result),
  );
  execFileSync("oxfmt", [readme]);
}

const scenarios = await measure();
const text = table(scenarios);
console.log(`\n${text}\n`);
if (options.write) write(text);
const misses = scenarios.flatMap(exceeded);
for (const miss of misses) console.error(miss);
if (misses.length > 0) process.exitCode = 1;
