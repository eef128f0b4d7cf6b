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

declare module "vitest" {
  // Where mail arrives in these tests, see mail-stand-in.ts.
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declaration merging
  export interface ProvidedContext {
    mail: { smtpPort: number; url: string };
  }
}

beforeAll(async () => {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});
