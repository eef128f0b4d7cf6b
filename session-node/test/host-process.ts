import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** As in the Dockerfile: V8's usual young generation would cost far more than the accounts do. */
export const hostFlags = ["--max-semi-space-size=2"];

/** A host as a process of its own, for measurements and for tests that kill it. */
export class HostProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  /** What it has said, line by line. */
  readonly lines: string[] = [];

  constructor(env: Record<string, string>, execArgv: string[] = hostFlags) {
    this.child = spawn(process.execPath, [...execArgv, MAIN], {
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let rest = "";
    this.child.stdout?.on("data", (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split("\n");
      rest = parts.pop() ?? "";
      this.lines.push(...parts);
      if (this.lines.length > 1_000) this.lines.splice(0, 500);
    });
  }

  /** Resident memory, in bytes. */
  async rss(): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  }

  /** CPU time used so far, in milliseconds. */
  async cpuMs(): Promise<number> {
    const fields = (await readFile(`/proc/${this.child.pid}/stat`, "utf8")).split(") ")[1];
    const [user, system] = (fields ?? "").split(" ").slice(11, 13).map(Number);
    return ((user ?? 0) + (system ?? 0)) * 10;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exit = once(this.child, "exit");
    this.child.kill(signal);
    await exit;
    return this.child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }
}
