import type { Hono } from "hono";
import { AppError } from "../errors.ts";
import { answer } from "./refusal.ts";
import type { AppEnv } from "./router.ts";

/** What stands in a path for a thing is its id: another word there is another path. */
const ID = /^[a-z]{3}_/;

type Route = { method: string; path: string };

/** The methods that a path knows, by the patterns of the routes. */
export function methodsOf(routes: readonly Route[], path: string): string[] {
  const known = routes.filter(
    ({ method, path: pattern }) => method !== "ALL" && fits(pattern, path),
  );
  return [...new Set(known.map(({ method }) => method))].sort();
}

function fits(pattern: string, path: string): boolean {
  const parts = pattern.split("/");
  const given = path.split("/");
  return (
    parts.length === given.length &&
    parts.every((part, index) =>
      part.startsWith(":") ? ID.test(given[index] ?? "") : part === given[index],
    )
  );
}

/** 405 where another method would do, 404 elsewhere. */
export function refuseUnmatched(app: Hono<AppEnv>): void {
  app.notFound((c) => {
    const methods = methodsOf(app.routes, c.req.path);
    if (methods.length === 0) {
      return answer(c, new AppError("not_found", "There is no such route."));
    }
    c.header("allow", methods.join(", "));
    return answer(c, new AppError("method_not_allowed", `Here it can be ${methods.join(", ")}.`));
  });
}
