import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { z } from "zod";
import { build } from "./build.ts";
import { root, stateDirectory } from "./layout.ts";

/** `npm test`: everything that has to hold, in order of how soon it tells; stops at the first failure. */
const results = `${stateDirectory}/test-results`;

type Step = { name: string; command: readonly string[] };

function vitest(name: string, ...rest: string[]): Step {
  const report = ["--reporter=default", "--reporter=json", `--outputFile=${results}/${name}.json`];
  return { name, command: ["vitest", "run", ...rest, ...report] };
}

const before: Step[] = [
  { name: "lint", command: ["oxlint", "--deny-warnings", "--type-aware"] },
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "types", command: ["npm", "run", "--silent", "types"] },
];
const after: Step[] = [
  vitest("contract-and-worker", "--config", "worker/vitest.config.ts", "--project", "unit"),
  vitest("workerd", "--config", "worker/vitest.config.ts", "--project", "workerd"),
  vitest("session-node", "--config", "session-node/vitest.config.ts"),
  { name: "cost", command: ["node", "worker/test/cost/main.ts"] },
  // Always the same faults: a failure here is news of the code, not of chance.
  { name: "faults", command: ["node", "worker/test/lab/main.ts", "--minutes", "2", "--seed", "1"] },
  vitest("integration", "--config", "worker/vitest.config.ts", "--project", "integration"),
  vitest("browser", "--config", "web/vitest.config.ts"),
];

const Report = z.object({ numPassedTests: z.number(), numFailedTests: z.number() });

async function main(): Promise<void> {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const times: string[] = [];
  const timed = async (name: string, work: () => Promise<void>): Promise<void> => {
    const startedAt = Date.now();
    console.log(`\n== ${name}`);
    await work();
    times.push(`${name} ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
  };
  for (const step of before) await timed(step.name, () => run(step));
  await timed("build", build);
  let failure: Error | null = null;
  for (const step of after) {
    try {
      await timed(step.name, () => run(step));
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      break;
    }
  }
  const { passed, failed } = totals();
  console.log(`\n${times.join(", ")}\n\n${passed} passed, ${failed} failed`);
  if (failure !== null) throw failure;
}

async function run({ name, command }: Step): Promise<void> {
  const [program = "", ...rest] = command;
  const child = spawn(program, rest, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${name} failed.`);
}

/** What the test runners themselves counted. */
function totals(): { passed: number; failed: number } {
  let passed = 0;
  let failed = 0;
  for (const step of after) {
    const report = readReport(`${results}/${step.name}.json`);
    passed += report?.numPassedTests ?? 0;
    failed += report?.numFailedTests ?? 0;
  }
  return { passed, failed };
}

function readReport(file: string): z.infer<typeof Report> | null {
  try {
    return Report.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // The step did not run.
    return null;
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
