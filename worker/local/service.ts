import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const tied = fileURLToPath(new URL("./tied.ts", import.meta.url));
const RESTART_PAUSE_MS = 200;
const STOP_PATIENCE_MS = 8_000;
const QUICK_END_MS = 2_000;
const QUICK_ENDS_ALLOWED = 5;

export type ServiceOptions = {
  name: string;
  /** Options of Node itself. */
  nodeArguments?: readonly string[];
  /** The script that Node runs. */
  script: string;
  arguments?: readonly string[];
  environment: Record<string, string>;
  logFile: string;
  /** Shows what the process says in the terminal instead: whoever edits its code wants to see. */
  isLoud?: boolean;
  /** True once the service answers. */
  isReady: () => Promise<boolean>;
};

/**
 * One process of the stack: its output goes to a file, it is started again when it ends by itself,
 * and it ends when we do.
 */
export class Service implements AsyncDisposable {
  readonly name: string;
  readonly #options: ServiceOptions;
  #process: ChildProcess | null = null;
  #isWanted = false;
  #quickEnds = 0;

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** The present process's id, for those who want to attack it. */
  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run.`);
    return pid;
  }

  start(): void {
    this.#isWanted = true;
    const startedAt = Date.now();
    const { nodeArguments, script, arguments: rest, environment, logFile } = this.#options;
    const output = this.#options.isLoud === true ? "inherit" : openSync(logFile, "a");
    const child = spawn(
      process.execPath,
      [...(nodeArguments ?? []), "--import", tied, script, ...(rest ?? [])],
      {
        env: { ...process.env, ...environment },
        // Its own group: Ctrl-C reaches the launcher alone, which then stops all in order.
        detached: true,
        stdio: ["ignore", output, output, "ipc"],
      },
    );
    if (output !== "inherit") closeSync(output);
    this.#process = child;
    child.once("exit", () => {
      if (this.#process !== child) return;
      this.#process = null;
      if (!this.#isWanted) return;
      this.#quickEnds = Date.now() - startedAt < QUICK_END_MS ? this.#quickEnds + 1 : 0;
      if (this.#quickEnds > QUICK_ENDS_ALLOWED) return;
      setTimeout(() => {
        if (this.#isWanted && this.#process === null) this.start();
      }, RESTART_PAUSE_MS);
    });
  }

  /** Resolves when the service answers; rejects with the end of its log when it does not. */
  async ready(patienceMs = 30_000): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (await this.#options.isReady().catch(() => false)) return;
      if (this.#quickEnds > QUICK_ENDS_ALLOWED) break;
      await pause(25);
    }
    throw new Error(`${this.name} did not start. The end of its log:\n${this.tail()}`);
  }

  /** Sends a signal to the process; unless `stop` was called it will be started again. */
  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Asks the process to end, then insists. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    const child = this.#process;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const insist = setTimeout(() => child.kill("SIGKILL"), STOP_PATIENCE_MS);
    await ended;
    clearTimeout(insist);
    this.#process = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** The last lines of the log. */
  tail(lines = 15): string {
    if (!existsSync(this.#options.logFile)) return "";
    return readFileSync(this.#options.logFile, "utf8")
      .trimEnd()
      .split("\n")
      .slice(-lines)
      .join("\n");
  }
}

/** Whether the address answers with success. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
}
