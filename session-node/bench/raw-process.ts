import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Command } from "./raw-baileys.ts";

/** The yardstick's process, driven over IPC. */
export class RawBaileys implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(sandboxUrl: string): Promise<RawBaileys> {
    const child = fork(fileURLToPath(new URL("./raw-baileys.ts", import.meta.url)), {
      execArgv: ["--expose-gc"],
      env: {
        ...process.env,
        BENCH_WHATSAPP_URL: `${sandboxUrl.replace("http", "ws")}/ws/chat`,
        BENCH_CONTROL_URL: sandboxUrl,
      },
    });
    await once(child, "message");
    return new RawBaileys(child);
  }

  /** Milliseconds, bytes or a count: see the command. */
  async run(command: Command): Promise<number> {
    const answer = once(this.#child, "message");
    this.#child.send(command);
    const [result] = await answer;
    return z.number().parse(result);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
