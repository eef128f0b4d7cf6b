import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildDirectory, root } from "../../local/layout.ts";

const run = promisify(execFile);

/** The Worker with everything counted that it does, as one file. */
export async function buildCounted(): Promise<string> {
  const entry = fileURLToPath(new URL("./edge/entry.ts", import.meta.url));
  const directory = `${buildDirectory}/counted`;
  const wrangler = `${root}node_modules/wrangler/bin/wrangler.js`;
  await run(process.execPath, [wrangler, "deploy", entry, "--dry-run", "--outdir", directory], {
    cwd: root,
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
  });
  return `${directory}/entry.js`;
}
