import { OpenAPIHono } from "@hono/zod-openapi";
import type { Me } from "@roost/contract/auth";
import { type ErrorCode, Problem } from "@roost/contract/errors";
import type { Scope } from "@roost/contract/scopes";
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import type { Context, Principal, System } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { fieldErrors, sentenceOf } from "./field-errors.ts";

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
    defaultHook: (result, c) => {
      if (result.success) return;
      // Nonsense for an id is answered like the id of another tenant's thing.
      throw result.target === "param" ? notFound(nounOf(c.req.path)) : invalid(result.error);
    },
  });
}

/** What the schema makes of a value, for routes that are not declared. */
export function parsed<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(result.error);
  return result.data;
}

function invalid(error: z.core.$ZodError): AppError {
  const errors = fieldErrors(error.issues);
  return new AppError("validation_failed", sentenceOf(errors), { errors });
}

/** `/v1/accounts/...` is about an account, `/v1/admin/hosts/...` about a host. */
function nounOf(path: string): string {
  const [, , first, second] = path.split("/");
  return (first === "admin" ? second : first)?.replace(/s$/, "") ?? "thing";
}

/** Request body of a declaration. */
export function body<T extends z.ZodType>(schema: T) {
  return { required: true as const, content: { "application/json": { schema } } };
}

/** For operations that ask for nothing: no body or `{}`, so that a field is never ignored. */
export const noFields = createMiddleware<AppEnv>(async (c, next) => {
  const text = await c.req.text();
  if (text !== "") parsed(z.strictObject({}), jsonOf(text));
  await next();
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("malformed_json", "The body could not be read as JSON.", { cause });
  }
}

/** Headers of a declaration whose operation creates or sends something. */
export const IdempotencyHeaders = z.object({
  "idempotency-key": z.string().min(1).max(255).optional().meta({
    description:
      "Any text of your own, kept for 7 days. The same key and body give the first answer again, with `Idempotent-Replayed: true`; another body is refused.",
  }),
});

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

/** A guard that can be asked which scope it wants, for the document. */
export type ScopeGuard = MiddlewareHandler<AppEnv> & { scope: Scope };

/** 401 without a credential, 403 when the credential lacks the scope. */
export function requireScope(scope: Scope): ScopeGuard {
  const guard: MiddlewareHandler<AppEnv> = async (c, next) => {
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
  return Object.assign(guard, { scope });
}

/** 401 for strangers, 403 for keys: some things only a person can ask for. */
export const requireMember = createMiddleware<AppEnv>(async (c, next) => {
  const { principal, me } = c.var;
  if (principal === null) throw new AppError("unauthenticated", "Log in first.");
  if (me === null) throw new AppError("forbidden", "This is for people, not for keys.");
  c.set("member", me);
  await next();
});

/**
 * 401 for strangers, 403 for keys and for everybody who does not run this deployment. The role comes
 * with the session and was read for this very request.
 */
export const requirePlatformAdmin = Object.assign(
  createMiddleware<AppEnv>(async (c, next) => {
    const { principal, me } = c.var;
    if (principal === null) throw new AppError("unauthenticated", "Log in first.");
    if (me === null) throw new AppError("forbidden", "This is for people, not for keys.");
    if (!me.is_platform_admin) throw new AppError("forbidden", "This is for platform admins.");
    c.set("member", me);
    await next();
  }),
  { isForPlatformAdmins: true as const },
);

/** Declares that an operation is for signed-in people alone. */
export const forPeople = { security: [{ session: [] }] };

/** Declares that an operation asks for no credential. */
export const openToAll = { security: [] };
