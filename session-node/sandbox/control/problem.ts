/** A refusal the caller of the control API may read. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly errors: readonly { path: string; message: string }[];

  constructor(status: number, detail: string, errors: Problem["errors"] = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

const TITLES: Record<number, string> = {
  400: "Bad request",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Not possible now",
  413: "Too large",
  422: "Not valid",
  500: "Internal error",
  501: "Not simulated yet",
};

/** The problem document of RFC 9457. */
export function problemDocument({ status, message, errors }: Problem) {
  return {
    type: "about:blank",
    title: TITLES[status] ?? "Refused",
    status,
    detail: message,
    ...(errors.length > 0 && { errors }),
  };
}
