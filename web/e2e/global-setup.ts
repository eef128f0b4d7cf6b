import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { portsFrom } from "../../worker/local/layout.ts";
import { startStack } from "../../worker/local/stack.ts";
import { findTakenPort } from "../../worker/local/taken-port.ts";
import { findChromium } from "./chromium.ts";

/** Where the parts of the product are that all journeys share. */
export type Urls = { web: string; api: string; sandbox: string; mail: string };

declare module "vitest" {
  // Only an interface merges with Vitest's own.
  // oxlint-disable-next-line typescript/consistent-type-definitions
  interface ProvidedContext {
    urls: Urls;
  }
}

/** Starts the whole product once, empty, and throws it away in the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Said before anything is built: without a browser there is nothing to run.
  findChromium();
  const directory = mkdtempSync(join(tmpdir(), "roost-e2e-"));
  const stack = await startStack({ directory, port: await freePorts() });
  project.provide("urls", {
    web: stack.webUrl,
    api: stack.apiUrl,
    sandbox: stack.sandboxUrl,
    mail: stack.mailUrl,
  });
  return async () => {
    await stack[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  };
}

async function freePorts(): Promise<number> {
  for (;;) {
    const first = 30_000 + Math.floor(Math.random() * 2_000);
    if ((await findTakenPort(portsFrom(first, false))) === null) return first;
  }
}
