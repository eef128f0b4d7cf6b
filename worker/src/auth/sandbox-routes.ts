import { AppError } from "../errors.ts";
import { newRouter, parsed } from "../http/router.ts";
import { keyedHash, isSameHash } from "../lib/crypto.ts";
import type { System } from "../context.ts";
import { SeedPerson, seedPerson } from "./seed-person.ts";

/** For whoever starts the sandbox. Not in the public document, and not there in production. */
export const sandboxRoutes = newRouter();

sandboxRoutes.post("/v1/sandbox/seed", async (c) => {
  const { system } = c.var;
  if (!system.config.isSandbox) throw new AppError("not_found", "There is no such route.");
  if (!knowsHostSecret(system, c.req.header("authorization"))) {
    throw new AppError("unauthenticated", "This needs the fleet's secret.");
  }
  return c.json(await seedPerson(system, parsed(SeedPerson, await c.req.json())), 200);
});

function knowsHostSecret({ config: { hostSecret } }: System, authorization = ""): boolean {
  const right = `Bearer ${new TextDecoder().decode(hostSecret)}`;
  return isSameHash(keyedHash(hostSecret, authorization), keyedHash(hostSecret, right));
}
