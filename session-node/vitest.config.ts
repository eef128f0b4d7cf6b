import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

// `src` is the host, `sandbox` the WhatsApp network; both talk over real sockets on loopback.
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: "host", root, include: ["src/**/*.test.ts", "bench/**/*.test.ts"] },
      },
      { extends: true, test: { name: "sandbox", root, include: ["sandbox/**/*.test.ts"] } },
    ],
  },
});
