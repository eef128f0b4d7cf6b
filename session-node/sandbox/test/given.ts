import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../sandbox.ts";
import type { Sandbox } from "../sandbox.ts";

/** An empty sandbox on a free port, with a directory of its own that goes away with it. */
export async function givenSandbox(): Promise<Sandbox & { directory: string }> {
  const directory = await givenDirectory();
  const sandbox = await startSandbox({ directory, port: 0 });
  return {
    ...sandbox,
    directory,
    [Symbol.asyncDispose]: async () => {
      await sandbox[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

export function givenDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "roost-sandbox-"));
}

let lastNumber = 15_551_230_000;

/** A number nobody else uses. */
export function givenNumber(): string {
  lastNumber++;
  return String(lastNumber);
}

export function numberJid(number: string): string {
  return `${number}@s.whatsapp.net`;
}

/** Waits until the check passes; fails with its last complaint. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
  }
}
