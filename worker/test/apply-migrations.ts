import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll } from "vitest";

declare global {
  namespace Cloudflare {
    // Only bound in unit tests, see vitest.config.ts.
    // oxlint-disable-next-line typescript/consistent-type-definitions -- declaration merging
    interface Env {
      HOST_SECRET: string;
      TEST_MIGRATIONS: D1Migration[];
    }
  }
}

beforeAll(async () => {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});
