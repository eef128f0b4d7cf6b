import { unstable_startWorker } from "wrangler";
import { root } from "./layout.ts";
import { readServeEnvironment } from "./serve-environment.ts";

/** The edge under `npm run dev`: the API alone, built anew when its code changes. */
const { port, persistDirectory, bindings } = readServeEnvironment();

const worker = await unstable_startWorker({
  config: `${root}wrangler.toml`,
  entrypoint: `${root}worker/src/dev.ts`,
  assets: `${root}web/public`,
  bindings: Object.fromEntries(
    Object.entries(bindings).map(([name, value]) => [name, { type: "plain_text", value }]),
  ),
  dev: {
    server: { hostname: "127.0.0.1", port },
    inspector: false,
    logLevel: "warn",
    watch: true,
    persist: persistDirectory,
  },
});
await worker.ready;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void worker.dispose().then(() => process.exit(0));
  });
}
