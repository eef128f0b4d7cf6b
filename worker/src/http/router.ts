import { OpenAPIHono } from "@hono/zod-openapi";
import type { Me } from "@roost/contract/auth";
import { type ErrorCode, Problem } from "@roost/contract/errors";
import type { Scope } from "@roost/contract/scopes";
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import type { z } from "zod";
import type { Context, Principal, System } from "../context.ts";
import { AppError } from "../errors.ts";

/** What a handler finds on `c.var`. */
export type Variables = {
  system: System;
  /** Null until authentication found a credential. */
  principal: Principal | null;
  /** The signed-in person; null for keys and strangers. */
  me: Me | null;
  /** System and principal in one; only behind `requireScope`. */
  ctx: Context;
  /** The signed-in person; only behind `requireMember`. */
  member: Me;
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

/** 401 for strangers, 403 for keys: some things only a person can ask for. */
export const requireMember = createMiddleware<AppEnv>(async (c, next) => {
  const { principal, me } = c.var;
  if (principal === null) throw new AppError("unauthenticated", "Log in first.");
  if (me === null) throw new AppError("forbidden", "This is for people, not for keys.");
  c.set("member", me);
  await next();
});

/** Declares that an operation asks for no credential. */
export const openToAll = { security: [] };
