import { errors, type Problem } from "@roost/contract/errors";
import type { Context as HonoContext } from "hono";
import { HTTPException } from "hono/http-exception";
import type { System } from "../context.ts";
import { AppError } from "../errors.ts";
import { describeError, log } from "../log.ts";
import { problemOf } from "./problem-of.ts";
import type { AppEnv } from "./router.ts";

/** The only place that turns an error into an answer. Unknown errors say nothing of themselves. */
export function onError(error: Error, c: HonoContext<AppEnv>): Response {
  if (error instanceof AppError) return answer(c, error);
  if (error instanceof HTTPException && error.status === 400) {
    return answer(c, new AppError("malformed_json", "The body could not be read as JSON."));
  }
  log({
    event: "request.crashed",
    request: systemOf(c)?.requestId ?? "none",
    error: describeError(error),
  });
  return answer(c, new AppError("internal", "Something went wrong on our side. Try again."));
}

/** Answers any refusal as a problem document. */
export function answer(c: HonoContext<AppEnv>, error: AppError): Response {
  const { status } = errors[error.code];
  const { retryAfterSeconds } = error.facts;
  const system = systemOf(c);
  c.set("problemCode", error.code);
  const problem: Problem = {
    ...problemOf(system?.config.publicUrl ?? null, error),
    request_id: system?.requestId ?? "none",
  };
  c.header("content-type", "application/problem+json");
  if (retryAfterSeconds !== undefined) c.header("retry-after", String(retryAfterSeconds));
  if (status === 401) c.header("www-authenticate", 'Bearer realm="roost"');
  return c.body(JSON.stringify(problem), status);
}

/** Absent when the settings could not be read: then even the first middleware failed. */
function systemOf(c: HonoContext<AppEnv>): System | undefined {
  return c.var.system;
}
