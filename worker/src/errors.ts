import type { ErrorCode, Outcome, Problem } from "@roost/contract/errors";

type Facts = {
  cause?: unknown;
  errors?: Problem["errors"];
  retryAfterSeconds?: number | undefined;
  until?: string | undefined;
};

/** A refusal the caller may see. The message is public; whatever is private goes in `cause`. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly facts: Facts;

  constructor(code: ErrorCode, detail: string, facts: Facts = {}) {
    super(detail, { cause: facts.cause });
    this.code = code;
    this.facts = facts;
  }
}

/** Also the answer for another tenant's thing and for nonsense, so that ids cannot be probed. */
export function notFound(what: string): AppError {
  return new AppError("not_found", `There is no such ${what}, or it is not yours.`);
}

/** A field that its schema could not judge; `message` goes on from its name. */
export function invalidField(path: string, message: string): AppError {
  return new AppError("validation_failed", `\`${path}\`: ${message}.`, {
    errors: [{ path, message }],
  });
}

/** What an object answered, or its refusal as an error: classes do not survive RPC, unions do. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code, detail, retryAfterSeconds, until } = outcome.refusal;
  throw new AppError(code, detail, { retryAfterSeconds, until });
}
