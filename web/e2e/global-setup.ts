import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { portsFrom } from "../../worker/local/layout.ts";
import { seedOne } from "../../worker/local/seed.ts";
import { startStack } from "../../worker/local/stack.ts";
import { findTakenPort } from "../../worker/local/taken-port.ts";
import { findChromium } from "./chromium.ts";

/** Where the parts of the product are that all journeys share. */
export type Urls = { web: string; api: string; sandbox: string; mail: string };
/** Somebody who runs the deployment. */
export type Admin = { email: string; password: string };

/** Two, so that accounts have somewhere to go when one is emptied. */
const HOSTS = 2;

declare module "vitest" {
  // Only an interface merges with Vitest's own.
  // oxlint-disable-next-line typescript/consistent-type-definitions
  interface ProvidedContext {
    urls: Urls;
    admin: Admin;
  }
}

/** Starts the whole product once, empty, and throws it away in the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Said before anything is built: without a browser there is nothing to run.
  findChromium();
  const directory = mkdtempSync(join(tmpdir(), "roost-e2e-"));
  const stack = await startStack({ directory, port: await freePorts(), hosts: HOSTS });
  const admin = { email: "admin@e2e.example", password: "some words of an admin" };
  await seedOne(stack, { ...admin, organisation: "Roost", is_platform_admin: true });
  project.provide("admin", admin);
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
