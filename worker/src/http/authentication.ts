import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { findMember } from "../auth/queries.ts";
import { SESSION_COOKIE } from "../auth/session-token.ts";
import { AppError } from "../errors.ts";
import { authenticateKey } from "../keys/authenticate-key.ts";
import type { AppEnv } from "./router.ts";

/**
 * Turns the credential into a principal, once. A key that is sent must be valid; a cookie that is not
 * leaves the caller a stranger, since browsers send old cookies on their own.
 */
export const authentication = createMiddleware<AppEnv>(async (c, next) => {
  const { system } = c.var;
  const authorization = c.req.header("authorization");
  const cookie = getCookie(c, SESSION_COOKIE);
  c.set("principal", null);
  c.set("me", null);

  if (authorization !== undefined && !isForHosts(c.req.path)) {
    const [, text] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization) ?? [];
    const principal = await authenticateKey(system, text ?? "");
    if (principal === null) throw new AppError("unauthenticated", "This key is not valid.");
    c.set("principal", principal);
  } else if (cookie !== undefined) {
    const member = await findMember(system, cookie);
    c.set("principal", member?.principal ?? null);
    c.set("me", member?.me ?? null);
  }
  await next();
});

/** Session hosts and the sandbox's seeding carry tokens of their own, which their routes check. */
function isForHosts(path: string): boolean {
  return path.startsWith("/v1/hosts/") || path.startsWith("/v1/sandbox/");
}
