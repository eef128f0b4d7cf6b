import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seed } from "../../worker/local/seed.ts";
import { type Stack, startStack } from "../../worker/local/stack.ts";
import { accountNumber } from "./contacts.ts";
import { RawBaileys } from "./raw-process.ts";
import { RoostBench } from "./roost.ts";

const RAW_BASE = 15_570_000_000;
const ROOST_BASE = 15_580_000_000;
const LINKS_AT_ONCE = 6;
/** More accounts than any part needs: what is measured is the host, not its setting. */
const CAPACITY = "1000";

/** The whole product, and where wanted raw Baileys beside it on the same sandbox. */
export type BenchWorld = AsyncDisposable & {
  stack: Stack;
  roost: RoostBench;
  raw: RawBaileys;
  /** Links accounts on both sides until there are so many. */
  linkUpTo: (count: number) => Promise<void>;
};

export async function startWorld(options: { port: number; hosts?: number }): Promise<BenchWorld> {
  const directory = mkdtempSync(join(tmpdir(), "roost-bench-"));
  process.env.ROOST_HOST_CAPACITY = CAPACITY;
  const stack = await startStack({ directory, ...options });
  const sandbox = await seed(stack);
  const raw = await RawBaileys.start(stack.sandboxUrl);
  const roost = new RoostBench(stack, sandbox.tenant.api_key);
  let rawLinked = 0;
  return {
    stack,
    roost,
    raw,
    async linkUpTo(count) {
      const missing = Array.from(
        { length: Math.max(0, count - roost.accounts.length) },
        (_, i) => roost.accounts.length + i,
      );
      const rest = missing.values();
      const lane = async (): Promise<void> => {
        for (const index of rest) await roost.link(accountNumber(ROOST_BASE, index));
      };
      await Promise.all(Array.from({ length: LINKS_AT_ONCE }, lane));
      const numbers: string[] = [];
      for (; rawLinked < count; rawLinked++) numbers.push(accountNumber(RAW_BASE, rawLinked));
      await raw.run({ kind: "pair", numbers });
    },
    async [Symbol.asyncDispose]() {
      await raw[Symbol.asyncDispose]();
      await stack[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
