import { EdgeFaults, type EdgeNote, noEdgeFaults } from "../edge-faults.ts";

/** Where the lab tells a Worker that has just started what is wrong; loopback only. */
type Environment = { LAB_URL?: string };

let faults: EdgeFaults = noEdgeFaults;
let known: Promise<void> | null = null;

/** What is wrong now. All objects of a local Worker share one isolate, so this is one place for all. */
export function presentFaults(): EdgeFaults {
  return faults;
}

export function setFaults(next: EdgeFaults): void {
  known = Promise.resolve();
  faults = next;
}

/** Says once that a fault has struck something: one that nobody meets was not survived. */
const felt = new Set<string>();
export function feel(fault: Extract<EdgeNote, { lab: "felt" }>["fault"]): void {
  if (felt.has(fault)) return;
  felt.add(fault);
  console.log(JSON.stringify({ lab: "felt", fault } satisfies EdgeNote));
}

/** The lab has said something new. */
export function feelAnew(): void {
  felt.clear();
}

/** After a start nothing is known: whatever wakes the Worker first asks the lab, once. */
export function knowFaults(env: object): Promise<void> {
  known ??= ask(env);
  return known;
}

async function ask(env: object): Promise<void> {
  const { LAB_URL } = env as Environment;
  if (LAB_URL === undefined) throw new Error("This Worker serves the lab alone.");
  const answer = await fetch(LAB_URL);
  faults = EdgeFaults.parse(await answer.json());
}
