import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

// `x.test.ts` beside a file touches nothing; `e2e/*.test.ts` drive a browser against the whole stack.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", root, include: ["app/**/*.test.ts", "e2e/chromium.test.ts"] } },
      {
        test: {
          name: "e2e",
          root,
          include: ["e2e/**/*.test.ts"],
          exclude: ["e2e/chromium.test.ts"],
          globalSetup: ["e2e/global-setup.ts"],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
