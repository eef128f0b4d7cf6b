import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { portsFrom, readFirstPort, stateDirectory } from "./layout.ts";
import { type SandboxFile, seed } from "./seed.ts";
import { resetState, startStack } from "./stack.ts";
import { findTakenPort } from "./taken-port.ts";

/** `npm start`: the whole product on this machine, with no outside account. `--hot` is `npm run dev`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      reset: { type: "boolean", default: false },
      hot: { type: "boolean", default: false },
    },
  });
  const port = readFirstPort(process.env.PORT);
  const taken = await findTakenPort(portsFrom(port, values.hot));
  if (taken !== null) {
    throw new Error(
      `Port ${taken} is taken. Stop what listens there, or move everything: PORT=9000 npm start`,
    );
  }
  mkdirSync(stateDirectory, { recursive: true });
  if (values.reset) resetState(stateDirectory);
  // Whoever waits for the file must not find the one of an earlier run.
  rmSync(`${stateDirectory}/sandbox.json`, { force: true });

  let isReady = false;
  const stop = stopRequested();
  // Half started there is nothing to drain: what we started is tied to us and ends with us.
  void leaveEarly(stop, () => isReady);
  const startedAt = Date.now();
  console.log("Roost is starting …");
  await using stack = await startStack({ directory: stateDirectory, port, isHot: values.hot });
  const sandbox = await seed(stack);
  isReady = true;
  print(sandbox, Date.now() - startedAt);
  await stop;
  console.log("\nStopping …");
}

async function leaveEarly(stop: Promise<unknown>, isReady: () => boolean): Promise<void> {
  await stop;
  if (!isReady()) process.exit(130);
}

/** Resolves when a person or a supervisor asks us to end, or when npm above us is gone. */
function stopRequested(): Promise<unknown> {
  const parent = process.ppid;
  const parentGone = new Promise<void>((resolve) => {
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      resolve();
    }, 1_000);
    watch.unref();
  });
  return Promise.race([once(process, "SIGINT"), once(process, "SIGTERM"), parentGone]);
}

function print(sandbox: SandboxFile, elapsedMs: number): void {
  const { tenant, admin } = sandbox;
  console.log(`
Roost is ready (${(elapsedMs / 1000).toFixed(1)} s).

  Dashboard   ${sandbox.web_url}
  Phones      ${sandbox.sandbox_url}      a WhatsApp network of your own
  Mail        ${sandbox.mail_url}      every mail that Roost sends
  API         ${sandbox.api_url}/v1   reference: ${sandbox.web_url}/docs

  Log in as   ${tenant.email}  ${tenant.password}
  API key     ${tenant.api_key}
  Admin       ${admin.email}  ${admin.password}

The same is in .roost/sandbox.json, logs are in .roost/logs. Ctrl-C ends everything.
`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
