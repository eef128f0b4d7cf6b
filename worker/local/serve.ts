import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { z } from "zod";
import { root } from "./layout.ts";
import { readServeEnvironment } from "./serve-environment.ts";

/**
 * The edge on this machine: workerd with the deployable bundle, and D1, objects, queues and R2 on
 * disk. Ends when workerd ends, so that whoever started it can start it again.
 */
const { port, persistDirectory, bindings, bundle } = readServeEnvironment();
const CRON_EVERY_MS = 60_000;

// Miniflare starts the binary named here; the wrapper needs to know the real one.
const miniflareRequire = createRequire(createRequire(import.meta.url).resolve("miniflare"));
const workerd = z.object({ default: z.string() }).parse(miniflareRequire("workerd"));
process.env.ROOST_WORKERD = workerd.default;
process.env.MINIFLARE_WORKERD_PATH = fileURLToPath(new URL("./workerd-tied.sh", import.meta.url));

const { workerOptions } = unstable_getMiniflareWorkerOptions(`${root}wrangler.toml`);
const isStopping = new AbortController();
const miniflare = new Miniflare({
  host: "127.0.0.1",
  port,
  cf: false,
  log: new Log(LogLevel.WARN),
  logRequests: false,
  defaultPersistRoot: `${persistDirectory}/v3`,
  handleRuntimeStdio(stdout: Readable, stderr: Readable) {
    stdout.pipe(process.stdout, { end: false });
    stderr.pipe(process.stderr, { end: false });
    stdout.once("end", () => {
      if (!isStopping.signal.aborted) process.exit(1);
    });
  },
  workers: [
    {
      ...workerOptions,
      name: "roost",
      modules: [{ type: "ESModule", path: "index.js", contents: readFileSync(bundle, "utf8") }],
      bindings: { ...workerOptions.bindings, ...bindings },
    },
  ],
});
await miniflare.ready;

// Nothing fires crons here, so we do.
const worker = await miniflare.getWorker();
const cron = setInterval(() => {
  worker.scheduled({ cron: "* * * * *" }).catch((error: unknown) => console.error(error));
}, CRON_EVERY_MS);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    isStopping.abort();
    clearInterval(cron);
    void miniflare.dispose().then(() => process.exit(0));
  });
}
