import "./quiet.ts";
import { once } from "node:events";
import { readConfig } from "./config.ts";
import { startSandbox } from "./sandbox.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

async function main(signal: AbortSignal): Promise<void> {
  await using sandbox = await startSandbox(readConfig(process.env));
  console.log(`WhatsApp sandbox ready at ${sandbox.url}`);
  if (!signal.aborted) await once(signal, "abort");
}

try {
  await main(stop.signal);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
