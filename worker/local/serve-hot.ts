import { unstable_startWorker } from "wrangler";
import { z } from "zod";
import { root } from "./layout.ts";

/** The edge under `npm run dev`: the API alone, built anew when its code changes. */
const Environment = z.object({
  PORT: z.coerce.number().int(),
  ROOST_PERSIST: z.string(),
  ROOST_BINDINGS: z.string(),
});
const environment = Environment.parse(process.env);
const bindings = z.record(z.string(), z.string()).parse(JSON.parse(environment.ROOST_BINDINGS));

const worker = await unstable_startWorker({
  config: `${root}wrangler.toml`,
  entrypoint: `${root}worker/src/dev.ts`,
  assets: `${root}web/public`,
  bindings: Object.fromEntries(
    Object.entries(bindings).map(([name, value]) => [name, { type: "plain_text", value }]),
  ),
  dev: {
    server: { hostname: "127.0.0.1", port: environment.PORT },
    inspector: false,
    logLevel: "warn",
    watch: true,
    persist: environment.ROOST_PERSIST,
  },
});
await worker.ready;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void worker.dispose().then(() => process.exit(0));
  });
}
