import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./router.ts";

/** What every answer of the API says to browsers; a route that needs other words says them itself. */
export const securityHeaders = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  const { headers } = c.res;
  const set = (name: string, value: string): void => {
    if (!headers.has(name)) c.header(name, value);
  };
  set("cache-control", "no-store");
  set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
  set("referrer-policy", "no-referrer");
  set("x-content-type-options", "nosniff");
  if (c.var.system.config.publicUrl.protocol === "https:") {
    set("strict-transport-security", "max-age=63072000; includeSubDomains");
  }
});
