import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { buildDirectory, root } from "./layout.ts";

const run = promisify(execFile);

/** The Worker as one file, exactly as it would be deployed. */
export const bundleFile = `${buildDirectory}/worker/index.js`;

/** The same Worker without pages, on the lab's failing platform. */
const labBundleFile = `${buildDirectory}/lab/index.js`;
const labEntry = "worker/test/lab/edge/index.ts";

const webSources = ["web/app/**/*.*", "web/public/**/*.*", "web/*.{ts,json}"];
const contractSources = ["worker/contract/src/*.ts", "worker/contract/*.json"];
const workerSources = ["worker/src/**/*.*", "worker/package.json", "wrangler.toml"];

/** Builds the pages and the Worker, each only when one of its sources changed. */
export async function build(): Promise<void> {
  mkdirSync(buildDirectory, { recursive: true });
  const pages = hashOf([...webSources, ...contractSources, "pnpm-lock.yaml"]);
  await onceFor("web", pages, `${root}web/build/server/index.js`, async () => {
    await run(
      process.execPath,
      [`${root}web/node_modules/@remix-run/dev/dist/cli.js`, "vite:build"],
      {
        cwd: `${root}web`,
        env: { ...process.env, NODE_ENV: "production" },
      },
    );
  });
  const worker = hashOf([...workerSources, ...contractSources, "pnpm-lock.yaml"]);
  await onceFor("worker", `${pages}:${worker}`, bundleFile, async () => {
    await wrangler("deploy", "--dry-run", "--minify", "--outdir", `${buildDirectory}/worker`);
  });
}

/** Builds the lab's Worker, when one of its sources changed; answers where it is. */
export async function buildLab(): Promise<string> {
  mkdirSync(buildDirectory, { recursive: true });
  const sources = ["worker/test/lab/*.ts", "worker/test/lab/edge/*.ts", "pnpm-lock.yaml"];
  const hash = hashOf([...sources, ...workerSources, ...contractSources]);
  // wrangler.toml names the pages' files, which nobody may have built yet.
  mkdirSync(`${root}web/build/client`, { recursive: true });
  await onceFor("lab", hash, labBundleFile, async () => {
    await wrangler("deploy", labEntry, "--dry-run", "--outdir", `${buildDirectory}/lab`);
  });
  return labBundleFile;
}

/** Brings the database below `persistDirectory` to the newest migration, where one is new. */
export async function migrate(persistDirectory: string): Promise<void> {
  mkdirSync(persistDirectory, { recursive: true });
  const marker = `${persistDirectory}/migrated`;
  const migrations = hashOf(["migrations/*.sql"]);
  if (existsSync(marker) && readFileSync(marker, "utf8") === migrations) return;
  await wrangler("d1", "migrations", "apply", "DB", "--local", "--persist-to", persistDirectory);
  writeFileSync(marker, migrations);
}

async function wrangler(...args: string[]): Promise<void> {
  await run(process.execPath, [`${root}node_modules/wrangler/bin/wrangler.js`, ...args], {
    cwd: root,
    env: {
      ...process.env,
      CI: "1",
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  });
}

async function onceFor(
  name: string,
  hash: string,
  product: string,
  work: () => Promise<void>,
): Promise<void> {
  const marker = `${buildDirectory}/${name}.hash`;
  if (existsSync(product) && existsSync(marker) && readFileSync(marker, "utf8") === hash) return;
  try {
    await work();
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`Building ${name} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
  writeFileSync(marker, hash);
}

function hashOf(patterns: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of globSync(patterns, { cwd: root }).sort()) {
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(`${root}${file}`))
      .update("\0");
  }
  return hash.digest("hex");
}
