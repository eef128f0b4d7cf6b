import "./whatsapp/quiet.ts";
import { once } from "node:events";
import { ConfigError, readConfig } from "./config.ts";
import { SessionHost } from "./host.ts";
import { log } from "./log.ts";

const LINGER_MS = 250;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

async function main(signal: AbortSignal): Promise<void> {
  const config = readConfig(process.env);
  // Leaving this block closes every socket and gives the accounts back, whatever made us leave.
  await using _host = SessionHost.start(config);
  const { hostName, capacity, sandbox } = config;
  log({ event: "host.started", host: hostName, capacity, sandbox: sandbox !== null });
  if (!signal.aborted) await once(signal, "abort");
}

try {
  await main(stop.signal);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  log({ event: "host.refused", problems: error.problems });
  process.exitCode = 1;
}
// Everything is closed; Baileys may leave timers of up to half a minute, which nobody waits for.
setTimeout(() => process.exit(), LINGER_MS).unref();
