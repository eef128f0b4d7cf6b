import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { control } from "./client.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** The sandbox as a process of its own, which can be killed without a word. */
export class SandboxProcess implements AsyncDisposable {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly rootPublicKey: Buffer;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, url: string, rootPublicKey: Buffer) {
    this.child = child;
    this.url = url;
    this.webSocketUrl = `${url.replace("http", "ws")}/ws/chat`;
    this.rootPublicKey = rootPublicKey;
  }

  static async start(directory: string, port = 0): Promise<SandboxProcess> {
    const child = spawn(process.execPath, [MAIN], {
      env: {
        ...process.env,
        ROOST_SANDBOX_DIRECTORY: directory,
        ROOST_SANDBOX_PORT: String(port),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await readyUrl(child);
    const { public_key } = await control<{ public_key: string }>({ url }, "GET", "/root-key");
    return new SandboxProcess(child, url, Buffer.from(public_key, "base64"));
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** `kill -9`: nothing can be written any more. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      const url = /http:\/\/\S+/.exec(printed)?.[0];
      if (url) resolve(url);
    });
    child.once("exit", (code) => reject(new Error(`The sandbox ended with ${code}.`)));
  });
}
