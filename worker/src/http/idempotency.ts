import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AppError, unwrap } from "../errors.ts";
import { sha256 } from "../lib/crypto.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { type AppEnv, IdempotencyHeaders, parsed } from "./router.ts";

/**
 * Makes a repeated request harmless: what it created is answered again, not made again. Belongs
 * behind `requireScope`, so that a repeat needs the same right as the first.
 *
 * An answer that holds a secret is not kept: the repeat is told that the thing was made.
 */
export function idempotent(
  options: { answerHoldsSecret?: boolean } = {},
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { "idempotency-key": given } = parsed(IdempotencyHeaders, c.req.header());
    if (given === undefined) return next();

    const { tenantId, accounts, env } = c.var.ctx;
    // Keys bound to different accounts do not share answers, or one could read the other's.
    const key = sha256(JSON.stringify([accounts, given]));
    const request = [c.req.method, c.req.path, await c.req.text()];
    const tenant = tenantStub(env, tenantId);
    const begun = unwrap(await tenant.beginIdempotent(key, sha256(JSON.stringify(request))));
    if (begun.kind === "replay") {
      const { status, body } = begun.answer;
      if (body === null) throw secretIsGone();
      c.header("idempotent-replayed", "true");
      c.header("content-type", "application/json");
      // Stored by this function alone, from an answer that had a body.
      return c.body(body, status as ContentfulStatusCode);
    }

    await next();
    const { status } = c.res;
    // After a failure of ours nobody knows what was done: then the key stays taken for a while.
    if (status >= 500) return undefined;
    const body = options.answerHoldsSecret === true ? null : await c.res.clone().text();
    await tenant.finishIdempotent(key, status < 400 ? { status, body } : null);
    return undefined;
  };
}

function secretIsGone(): AppError {
  return new AppError(
    "invalid_state",
    "This request was answered before, with a secret that is shown once. If you lost it, revoke what was made and ask again with another Idempotency-Key.",
  );
}
