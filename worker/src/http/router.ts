import { OpenAPIHono } from "@hono/zod-openapi";
import type { Me } from "@roost/contract/auth";
import { type ErrorCode, errors, Problem } from "@roost/contract/errors";
import type { Scope } from "@roost/contract/scopes";
import type { Context as HonoContext, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import type { Context, Principal, System } from "../context.ts";
import { AppError } from "../errors.ts";
import { describeError, log } from "../log.ts";

/** What a handler finds on `c.var`. */
export type Variables = {
  system: System;
  /** Null until authentication found a credential. */
  principal: Principal | null;
  /** The signed-in person; null for keys and strangers. */
  me: Me | null;
  /** System and principal in one; only behind `requireScope` or `requireMember`. */
  ctx: Context;
  problemCode: ErrorCode | undefined;
};
export type AppEnv = { Bindings: Env; Variables: Variables };

/** A router whose refusals are problem documents. */
export function newRouter() {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      throw new AppError("validation_failed", sentenceOf(result.error), {
        errors: result.error.issues.map((issue) => ({
          path: issue.path.join("."),
          message: issue.message,
        })),
      });
    },
  });
}

function sentenceOf(error: z.core.$ZodError): string {
  const [first] = error.issues;
  if (first === undefined) return "The request is not valid.";
  const path = first.path.join(".");
  return path === "" ? `${first.message}.` : `\`${path}\`: ${first.message}.`;
}

/** Request body of a declaration. */
export function body<T extends z.ZodType>(schema: T) {
  return { required: true as const, content: { "application/json": { schema } } };
}

/** One JSON response of a declaration. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

const problem = {
  description: "A problem document (RFC 9457).",
  content: { "application/problem+json": { schema: Problem } },
};

/** The responses every operation can give besides its own. */
export const failures = { "4XX": problem, "5XX": problem } as const;

/** 401 without a credential, 403 when the credential lacks the scope. */
export function requireScope(scope: Scope): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { principal, system } = c.var;
    if (principal === null) {
      throw new AppError("unauthenticated", "Send a key: `Authorization: Bearer rk_...`.");
    }
    if (!principal.scopes.has(scope)) {
      throw new AppError("forbidden", `This needs the scope \`${scope}\`.`);
    }
    c.set("ctx", { ...system, ...principal });
    await next();
  };
}

/** The only place that turns an error into an answer. Unknown errors say nothing of themselves. */
export function onError(error: Error, c: HonoContext<AppEnv>): Response {
  if (error instanceof AppError) return answer(c, error);
  if (error instanceof HTTPException && error.status === 400) {
    return answer(c, new AppError("malformed_json", "The body could not be read as JSON."));
  }
  log({
    event: "request.crashed",
    request: c.var.system.requestId,
    error: describeError(error),
  });
  return answer(c, new AppError("internal", "Something went wrong on our side. Try again."));
}

export function onNotFound(c: HonoContext<AppEnv>): Response {
  return answer(c, new AppError("not_found", "There is no such route."));
}

function answer(c: HonoContext<AppEnv>, error: AppError): Response {
  const { status, title, retryable } = errors[error.code];
  const { retryAfterSeconds, until, errors: details } = error.facts;
  c.set("problemCode", error.code);
  const problem: Problem = {
    type: `${c.var.system.config.publicUrl.origin}/docs#${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    retryable,
    ...(retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }),
    ...(until === undefined ? {} : { until }),
    ...(details === undefined ? {} : { errors: details }),
    request_id: c.var.system.requestId,
  };
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="roost"');
  return c.body(JSON.stringify(problem), status, Object.fromEntries(headers));
}
