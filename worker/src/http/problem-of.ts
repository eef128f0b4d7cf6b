import { errors, type Problem } from "@roost/contract/errors";
import type { AppError } from "../errors.ts";

/** The refusal as a document; whoever answers adds the request. */
export function problemOf(publicUrl: URL | null, error: AppError): Omit<Problem, "request_id"> {
  const { status, title, retryable } = errors[error.code];
  const { retryAfterSeconds, until, errors: details } = error.facts;
  return {
    type: `${publicUrl?.origin ?? ""}/docs#${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    retryable,
    ...(retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }),
    ...(until === undefined ? {} : { until }),
    ...(details === undefined ? {} : { errors: details }),
  };
}
