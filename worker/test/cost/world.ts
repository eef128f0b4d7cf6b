import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { portsFrom } from "../../local/layout.ts";
import { seed } from "../../local/seed.ts";
import { startStack } from "../../local/stack.ts";
import { findTakenPort } from "../../local/taken-port.ts";
import { ApiClient } from "../api-client.ts";
import { Phones } from "../phones.ts";
import { buildCounted } from "./build-counted.ts";
import type { Counts } from "./price.ts";

/** Nothing to count for so long: then all that a message causes has happened. */
const QUIET_MS = 1_500;
const limits = {
  per_minute: 100_000,
  per_hour: 1_000_000,
  per_day: 10_000_000,
  gap_ms: { min: 0, max: 0 },
  typing: { ms_per_character: 0, max_ms: 0 },
};

/** The whole product, with everything counted that the Worker and its objects do. */
export type CountedWorld = AsyncDisposable & {
  api: ApiClient;
  phones: Phones;
  /** Links an account to a phone of that number. */
  link: (number: string) => Promise<`acc_${string}`>;
  /** What the work costs, until nothing follows from it any more. */
  countsOf: (work: () => Promise<void>) => Promise<Counts>;
};

export async function startCounted(): Promise<CountedWorld> {
  const directory = mkdtempSync(join(tmpdir(), "roost-cost-"));
  const stack = await startStack({
    directory,
    port: await freePorts(),
    tampering: {
      bundle: buildCounted,
      bindings: {},
      hostArguments: () => [],
      route: async (_link, port) => port,
    },
  });
  const { tenant } = await seed(stack);
  const api = new ApiClient(stack.apiUrl, tenant.api_key);
  const phones = new Phones(stack.sandboxUrl);
  const counts = async (method: "GET" | "DELETE" = "GET"): Promise<Counts> => {
    const response = await fetch(`${stack.apiUrl}/counts`, { method });
    return z.record(z.string(), z.number()).parse(await response.json());
  };
  const settled = async (): Promise<Counts> => {
    let before = "";
    let sameSince = Date.now();
    for (;;) {
      const now = await counts();
      const text = JSON.stringify(withoutBeats(now));
      if (text !== before) sameSince = Date.now();
      before = text;
      if (Date.now() - sameSince >= QUIET_MS) return now;
      await pause(50);
    }
  };
  return {
    api,
    phones,
    link: (number) => link(api, phones, number),
    async countsOf(work) {
      await settled();
      await counts("DELETE");
      await work();
      return settled();
    },
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function link(api: ApiClient, phones: Phones, number: string): Promise<`acc_${string}`> {
  const { id } = await api.createAccount(`Account ${number}`);
  await api.call(z.unknown(), `/v1/accounts/${id}/limits`, { method: "PUT", body: limits });
  await api.startLink(id);
  for (;;) {
    const { qr } = await api.link(id);
    if (qr !== null) {
      await phones.post(`/phones/${number}/scan`, { qr });
      break;
    }
    await pause(20);
  }
  while ((await api.account(id)).state !== "connected") await pause(20);
  return id;
}

/** A host beats whether or not anybody sends. */
function withoutBeats(counts: Counts): Counts {
  const rest = Object.entries(counts).filter(
    ([what]) => what !== "socket messages in: HostObject" && !what.endsWith(".hostBeat"),
  );
  return Object.fromEntries(rest);
}

async function freePorts(): Promise<number> {
  for (;;) {
    const first = 30_000 + Math.floor(Math.random() * 2_000);
    if ((await findTakenPort(portsFrom(first))) === null) return first;
  }
}
