import { expect, test } from "vitest";
import { allFaults } from "./faults.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulation.ts";

/**
 * The real objects in a runtime of our own, with virtual time and every fault: see README.md.
 * `ROOST_SIMULATOR_SEED` runs one seed alone, with `ROOST_SIMULATOR_STEPS` those after it as well.
 */
const SEED = process.env.ROOST_SIMULATOR_SEED;
const STEPS = Number(process.env.ROOST_SIMULATOR_STEPS ?? (SEED === undefined ? 1_000_000 : 1));
const STEPS_PER_WORLD = 20_000;

test("a million steps with every fault, and every promise kept", { timeout: 600_000 }, async () => {
  const startedAt = performance.now();
  const sum = { steps: 0, accepted: 0, stanzas: 0, hours: 0 };
  for (let seed = Number(SEED ?? 1); sum.steps < STEPS; seed++) {
    const run = await simulate(seed, STEPS_PER_WORLD, allFaults);
    if (run.problems.length > 0) throw new Error(await shrink(run, STEPS_PER_WORLD, allFaults));
    sum.steps += run.steps;
    sum.accepted += run.accepted;
    sum.stanzas += run.stanzas;
    sum.hours += run.hours;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(
    `${sum.steps} steps from seed ${SEED ?? 1} on in ${seconds.toFixed(0)} s: ${sum.hours.toFixed(0)} hours of ${sum.accepted} messages`,
  );
  expect(sum.stanzas).toBeGreaterThan(sum.accepted / 2);
});
