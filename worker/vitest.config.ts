import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

// `x.test.ts` runs in Node and touches nothing; `x.workers.test.ts` runs in workerd with real D1,
// objects and queues; `test/*.test.ts` starts the whole stack and is run by its own project.
export default defineConfig({
  test: {
    // Objects go on with what they do in the background when the last test of a file is over, and their
    // runner is gone. That says nothing of them: each test has waited for what it is about.
    onUnhandledError: ({ name, message }) =>
      !(name === "EnvironmentTeardownError" && message.includes("Closing rpc")),
    projects: [
      {
        // The simulator is the runtime of the real objects.
        resolve: {
          alias: { "cloudflare:workers": path("./test/simulator/cloudflare-workers.ts") },
        },
        test: {
          name: "unit",
          root: path("."),
          include: [
            "src/**/*.test.ts",
            "contract/src/**/*.test.ts",
            "sandbox/**/*.test.ts",
            "local/**/*.test.ts",
            "test/{cost,simulator,lab}/**/*.test.ts",
          ],
          exclude: ["**/*.workers.test.ts", "**/node_modules/**"],
        },
      },
      {
        plugins: [
          cloudflareTest(async ({ inject }) => ({
            main: "./src/dev.ts",
            wrangler: { configPath: path("../wrangler.toml") },
            miniflare: {
              cf: false,
              bindings: {
                MODE: "sandbox",
                PUBLIC_URL: "http://localhost:8787",
                HOST_SECRET: "a secret of thirty-two characters for tests",
                SMTP_HOST: "127.0.0.1",
                SMTP_PORT: String(inject("mail").smtpPort),
                TEST_MIGRATIONS: await readD1Migrations(path("../migrations")),
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          root: path("."),
          include: ["src/**/*.workers.test.ts"],
          globalSetup: ["./test/mail-stand-in.ts"],
          // A password's hash is meant to be slow, and machines are shared.
          testTimeout: 30_000,
          setupFiles: ["./test/apply-migrations.ts"],
        },
      },
      {
        test: {
          name: "integration",
          root: path("."),
          include: ["test/**/*.test.ts"],
          exclude: ["test/{cost,simulator,lab}/**"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
