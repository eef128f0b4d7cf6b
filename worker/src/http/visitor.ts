import type { Context as HonoContext } from "hono";
import { getCookie } from "hono/cookie";
import { SESSION_COOKIE } from "../auth/session-token.ts";
import { addressOf, type Visitor } from "../auth/visitor.ts";
import type { AppEnv } from "./router.ts";

/** Cloudflare writes this header itself, so no client can choose it. */
export function visitorOf(c: HonoContext<AppEnv>): Visitor {
  return {
    address: addressOf(c.req.header("cf-connecting-ip")),
    sessionToken: getCookie(c, SESSION_COOKIE) ?? null,
  };
}
