import { readFileSync } from "node:fs";

/**
 * Where a sandbox's host can be told to die, in the order in which a message passes them. What comes
 * in: `message_arrived` before anything is done with it, `message_decrypted` when it is read and
 * nobody knows, `message_reported` when the report is on its way, `message_durable` when the edge has
 * it and WhatsApp does not know yet, `message_acknowledged` when both know. `stanza_missing`: one that
 * could not be read, and the edge knows. What goes out: `send_begun` before Baileys has it,
 * `send_written` when the stanza has left, `send_acknowledged` when WhatsApp's ack is here and not yet
 * reported. `lease_taken`: new messages are here and not begun.
 */
export const crashPoints = [
  "message_arrived",
  "message_decrypted",
  "message_reported",
  "message_durable",
  "message_acknowledged",
  "stanza_missing",
  "lease_taken",
  "send_begun",
  "send_written",
  "send_acknowledged",
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** The host passes a point; a sandbox's may die of it. */
export type Passing = (point: CrashPoint) => void;

/** The point, and at the how-manieth passing. */
export type CrashPlan = { point: CrashPoint; passing: number };

/** Reads `point` or `point:n`; null when it is neither. */
export function readCrashPlan(text: string): CrashPlan | null {
  const [name = "", count = "1", ...rest] = text.trim().split(":");
  const point = crashPoints.find((known) => known === name);
  const passing = Number(count);
  if (!point || rest.length > 0 || !Number.isInteger(passing) || passing < 1) return null;
  return { point, passing };
}

/** What dies at its point like a process that is killed: without a word, nothing is written or closed. */
export class Crasher {
  readonly #die: () => void;
  #plan: CrashPlan | null;

  constructor(plan: CrashPlan | null, die: () => void = killSelf) {
    this.#plan = plan;
    this.#die = die;
  }

  readonly passing: Passing = (point) => {
    if (this.#plan?.point !== point) return;
    this.#plan = { point, passing: this.#plan.passing - 1 };
    if (this.#plan.passing === 0) this.#die();
  };

  /** On SIGUSR2 the plan is read from this file, so that a running host can be told, once. */
  listen(file: string): void {
    process.on("SIGUSR2", () => {
      this.#plan = readCrashPlan(readFileSync(file, "utf8"));
    });
  }
}

function killSelf(): void {
  process.kill(process.pid, "SIGKILL");
  // The signal comes a moment later, and nothing may be done in it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
