import { defineConfig } from "drizzle-kit";

// `npm run db:generate` prints the schema as SQL: what a new migration has to lead to. Migrations
// are written by hand, with a number and a name; `src/db/migrations.test.ts` compares the two.
export default defineConfig({ dialect: "sqlite", schema: "./worker/src/db/!(*.test).ts" });
