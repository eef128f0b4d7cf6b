import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { SESSION_COOKIE } from "../auth/session-token.ts";
import { AppError } from "../errors.ts";
import type { AppEnv } from "./router.ts";

/** Whether a request could be another site's doing: judged by facts alone. */
export function isForeign(
  request: { method: string; origin: string | undefined; hasCookie: boolean; hasKey: boolean },
  ownOrigin: string,
): boolean {
  if (request.method === "GET" || request.method === "HEAD") return false;
  // A browser never adds a key by itself, so a request that carries one was meant.
  if (request.hasKey) return false;
  // Without a cookie only a browser on another site gives itself away, as in a forced login.
  if (!request.hasCookie) return request.origin !== undefined && request.origin !== ownOrigin;
  return request.origin !== ownOrigin;
}

/** Cookies travel with requests that other sites start, so those must name our own origin. */
export const originCheck = createMiddleware<AppEnv>(async (c, next) => {
  const { origin } = c.var.system.config.publicUrl;
  const facts = {
    method: c.req.method,
    origin: c.req.header("origin"),
    hasCookie: getCookie(c, SESSION_COOKIE) !== undefined,
    hasKey: c.req.header("authorization") !== undefined,
  };
  if (isForeign(facts, origin)) {
    throw new AppError("forbidden", `With a session, changes can only be made from ${origin}.`);
  }
  await next();
});
