import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { configOf } from "../config.ts";
import { createSystem } from "../context.ts";
import { log } from "../log.ts";
import type { AppEnv } from "./router.ts";

const ID = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26,35}$/;

/**
 * First of all: gives the request its id, and when the answer is ready writes one line about it. The
 * line names the route and the ids in its path, never a body, a query or a credential.
 */
export const requestLog = createMiddleware<AppEnv>(async (c, next) => {
  const startedAt = Date.now();
  const system = createSystem(c.env, configOf(c.env), (work) => c.executionCtx.waitUntil(work));
  c.set("system", system);
  await next();
  c.header("x-request-id", system.requestId);
  log({
    event: "request.handled",
    request: system.requestId,
    method: c.req.method,
    route: routePath(c, -1),
    ids: idsIn(c.req.path),
    status: c.res.status,
    code: c.var.problemCode,
    duration_ms: Date.now() - startedAt,
    tenant: c.var.principal?.tenantId,
    actor: c.var.principal?.actor,
  });
});

/** The ids in a path. Whatever else stands there may be anything, and is left out. */
export function idsIn(path: string): string[] {
  return path.split("/").filter((part) => ID.test(part));
}
