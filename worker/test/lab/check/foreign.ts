import type { Evidence, Seen, Violation } from "../evidence.ts";

/** Invariant 7: another tenant's things are answered like nonsense, or not at all. */
export function checkForeign({ pryings }: Evidence): Violation[] {
  return pryings.flatMap(({ path, foreign, nonsense }) => {
    if (isNoAnswer(foreign)) return [];
    const isHidden =
      foreign.status === 404 &&
      (isNoAnswer(nonsense) ||
        (foreign.code === nonsense.code && foreign.detail === nonsense.detail));
    if (isHidden) return [];
    const what = `${path} of another tenant: ${said(foreign)}; nonsense: ${said(nonsense)}`;
    return [{ invariant: 7, what, account: null, message: null, text: null }];
  });
}

/** While the system is down or overloaded it tells nothing of anybody. */
function isNoAnswer({ status }: Seen): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function said({ status, code, detail }: Seen): string {
  return `${status} ${code ?? ""} ${detail ?? ""}`.trim();
}
