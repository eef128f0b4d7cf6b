import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { portsFrom } from "../local/layout.ts";
import { seed } from "../local/seed.ts";
import { type Stack, type StackOptions, startStack } from "../local/stack.ts";
import { findTakenPort } from "../local/taken-port.ts";
import { ApiClient } from "./api-client.ts";
import { Phones } from "./phones.ts";

export type World = AsyncDisposable & {
  stack: Stack;
  api: ApiClient;
  phones: Phones;
};

/** A stack of its own, empty but for the seeded tenant, gone after the test. */
export async function givenWorld(
  options: Pick<StackOptions, "hosts" | "tampering"> = {},
): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "roost-"));
  const stack = await startStack({ directory, port: await freePorts(), ...options });
  const sandbox = await seed(stack);
  return {
    stack,
    api: new ApiClient(stack.apiUrl, sandbox.tenant.api_key),
    phones: new Phones(stack.sandboxUrl),
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** An account linked to a phone of that number, connected. */
export async function givenLinked(
  { api, phones }: World,
  number: string,
): Promise<`acc_${string}`> {
  const { id } = await api.createAccount(`Account ${number}`);
  await api.startLink(id);
  const qr = await vi.waitFor(
    async () => {
      const attempt = await api.link(id);
      if (attempt.qr === null) throw new Error(`no QR yet: ${attempt.state}`);
      return attempt.qr;
    },
    { timeout: 20_000, interval: 50 },
  );
  await phones.post(`/phones/${number}/scan`, { qr });
  await connected(api, id);
  return id;
}

/** Waits until the account is connected. */
export async function connected(api: ApiClient, id: string, timeout = 45_000): Promise<void> {
  await until(async () => (await api.account(id)).state === "connected", timeout);
}

/** Waits for a condition; a failing look counts as "not yet", since parts restart meanwhile. */
export async function until(condition: () => Promise<boolean>, timeout = 30_000): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`not yet: ${condition.toString()}`);
    },
    { timeout, interval: 50 },
  );
}

/** The first of free ports in a row. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await findTakenPort(portsFrom(first))) === null) return first;
  }
}
