import { errors, Problem } from "@roost/contract/errors";
import type { ClientResponse } from "hono/client";
import type { SuccessStatusCode } from "hono/utils/http-status";

/** What the API said: the thing, or why not. */
export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** The body of a call's success; null where it has none. */
type Value<R> =
  R extends ClientResponse<infer T, infer Status, infer Format>
    ? Status extends SuccessStatusCode
      ? Format extends "json"
        ? T
        : null
      : never
    : never;

/** A call's answer, its problem document read with the contract's own schema. */
export async function answerOf<R extends ClientResponse<unknown>>(
  call: Promise<R>,
): Promise<Answer<Value<R>>> {
  const response = await call;
  const text = await response.text();
  if (response.ok) {
    // One contract made both sides, and they are deployed as one, so the body is what it says.
    const value = (text === "" ? null : JSON.parse(text)) as Value<R>;
    return { ok: true, value };
  }
  const problem = Problem.safeParse(parsed(text));
  if (problem.success) return { ok: false, problem: problem.data };
  return { ok: false, problem: unreadable(response.headers.get("x-request-id") ?? "") };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whatever answered, it was not the API: a proxy, or a Worker that is just starting. */
function unreadable(requestId: string): Problem {
  const code = "unavailable";
  return {
    type: "about:blank",
    ...errors[code],
    detail: "Roost could not be reached just now. Try again in a moment.",
    code,
    request_id: requestId,
  };
}
