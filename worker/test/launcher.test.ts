import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../local/layout.ts";
import { SandboxFile } from "../local/seed.ts";
import { ApiClient } from "./api-client.ts";
import { freePorts, until } from "./given.ts";

let directory: string;
let port: number;
const started: ChildProcess[] = [];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "roost-launcher-"));
  port = await freePorts();
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
  rmSync(directory, { recursive: true, force: true });
});

function launch(...args: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [`${root}worker/local/start.ts`, ...args], {
    env: { ...process.env, PORT: String(port), ROOST_DIRECTORY: directory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function ready(): Promise<SandboxFile> {
  const file = `${directory}/sandbox.json`;
  await until(async () => existsSync(file), 60_000);
  return SandboxFile.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Every process below this one. */
function descendants(pid: number): number[] {
  let children: number[] = [];
  try {
    const output = execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
    children = output.trim().split("\n").map(Number);
  } catch {
    // pgrep ends with 1 when there are none.
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

test("a taken port is a sentence that says what to do", async () => {
  const server = createServer().listen(port + 1, "127.0.0.1");
  await once(server, "listening");
  const { child, output } = launch();
  const [code] = await once(child, "exit");
  server.close();
  expect(code).toBe(1);
  expect(output()).toContain(`Port ${port + 1} is taken.`);
  expect(output()).toContain("PORT=9000 npm start");
});

test("kill -9 of the launcher leaves no orphan, and the next start finds everything", async () => {
  const first = launch();
  const before = await ready();
  const { name } = await new ApiClient(before.api_url, before.tenant.api_key).createAccount("Kept");
  const all = descendants(first.child.pid ?? 0);
  expect(all.length).toBeGreaterThanOrEqual(5);
  const ended = once(first.child, "exit");
  first.child.kill("SIGKILL");
  await ended;
  await until(async () => !all.some(isAlive));

  rmSync(`${directory}/sandbox.json`);
  launch();
  const after = await ready();
  expect(after.tenant).toEqual(before.tenant);
  const api = new ApiClient(after.api_url, after.tenant.api_key);
  const list = await (await api.raw("/v1/accounts")).text();
  expect(list).toContain(name);
});

test("a polite end stops every part; --reset begins anew", async () => {
  const first = launch();
  const before = await ready();
  const all = descendants(first.child.pid ?? 0);
  const ended = once(first.child, "exit");
  first.child.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(all.filter(isAlive)).toEqual([]);

  rmSync(`${directory}/sandbox.json`, { force: true });
  launch("--reset");
  const after = await ready();
  expect(after.tenant.id).not.toBe(before.tenant.id);
  const refused = await new ApiClient(after.api_url, before.tenant.api_key).raw("/v1/accounts");
  expect(refused.status).toBe(401);
});
