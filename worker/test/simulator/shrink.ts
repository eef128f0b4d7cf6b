import { type Faults, noFaults } from "./faults.ts";
import { type Run, simulate } from "./simulation.ts";

/** The same seed with as few kinds of faults as still show the problem. */
export async function shrink(failed: Run, steps: number, faults: Faults): Promise<string> {
  let needed = faults;
  let smallest = failed;
  for (const name of Object.keys(faults) as (keyof Faults)[]) {
    const fewer = { ...needed, [name]: noFaults[name] };
    const run = await simulate(failed.seed, steps, fewer);
    if (run.problems.length === 0) continue;
    needed = fewer;
    smallest = run;
  }
  const names = Object.entries(needed).filter(([, rate]) => rate > 0);
  return [
    `Seed ${failed.seed}, ${steps} steps: ${failed.problems.slice(0, 3).join("; ")}`,
    `Again: ROOST_SIMULATOR_SEED=${failed.seed} npx vitest run --config worker/vitest.config.ts --project unit simulator`,
    `It still happens with only: ${JSON.stringify(Object.fromEntries(names))}`,
    smallest.problems.slice(0, 3).join("; "),
    smallest.story,
  ].join("\n");
}
